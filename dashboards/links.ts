import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** All dashboards carry it, and link to each other by it. */
export const TAG = 'campus-gateway';

/** The other dashboards, at the top of each. */
export const linkToOthers = (): Builder<DashboardLink> =>
  visible(
    new DashboardLinkBuilder('其他看板')
      .type(DashboardLinkType.Dashboards)
      .tooltip('The other dashboards, for the same campus and time')
      .tags([TAG])
      .asDropdown(false)
      .includeVars(true)
      .keepTime(true),
  );

/** Leads from a panel to a dashboard, for the same choice and time. */
export const linkToBoard = (uid: string): Builder<DashboardLink> =>
  visible(
    new DashboardLinkBuilder('详情')
      .type(DashboardLinkType.Link)
      .tooltip('The dashboard that says more')
      .url(`/d/${uid}?\${__url_time_range}&\${__all_variables}`),
  );

/** The builder's default hides links in a menu. */
const visible = (link: Builder<DashboardLink>): Builder<DashboardLink> => ({
  build() {
    const { placement: _, ...rest } = link.build();
    return rest;
  },
});
