import { Type } from 'typebox';
import type { Alarm } from '../alarms/store.ts';
import { sayDuration } from '../duration.ts';
import { label, localTime, placeOf } from '../notify/compose.ts';
import type { App } from './app.ts';
import { type Html, html, PAGE_POLICY, page } from './html.ts';
import type { OpenAlarms } from './open-alarms.ts';
import type { HttpParts } from './parts.ts';
import { failures } from './shapes.ts';

const REFRESH_SECONDS = 5;
const MAX_SHOWN = 20;

/** Adds the page that a newcomer opens first. */
export function addStartPage(app: App, parts: HttpParts, openAlarms: OpenAlarms): void {
  app.get(
    '/',
    {
      schema: {
        tags: ['pages'],
        summary: '首页 / Start page',
        description: 'How the gateway is, the open alarms, and where to go.',
        response: {
          200: {
            description: 'A page',
            content: { 'text/html': { schema: Type.String() } },
          },
          ...failures,
        },
      },
    },
    async (_request, reply) => {
      reply.type('text/html; charset=utf-8').header('content-security-policy', PAGE_POLICY);
      return page('校园网关 Campus Gateway', startPage(parts, openAlarms.list()), {
        refresh: REFRESH_SECONDS,
      });
    },
  );
}

function startPage(parts: HttpParts, open: readonly Alarm[]): Html {
  const { campuses } = parts.configuration();
  const names = [...campuses.values()].slice(0, 3).map(({ name }) => name);
  const more = campuses.size > names.length ? ` 等 ${campuses.size} 所` : '';
  const waiting = open.filter(({ acknowledged }) => acknowledged === undefined).length;
  const { ok, parts: health } = parts.health();
  const problems = Object.entries(health).filter(([, part]) => !part.ok);
  const shown = open.slice(0, MAX_SHOWN);
  return html`<main>
<h1>校园网关 <small>Campus Gateway ${parts.version}</small></h1>
<div>${names.join('、')}${more}</div>
<div class="cards tiles">
${tile('设备', 'devices', parts.catalogue.devices.size)}
${tile('未关闭报警', 'open alarms', open.length, open.length > 0 ? 'bad' : 'good')}
${tile('待确认', 'not acknowledged', waiting, waiting > 0 ? 'bad' : 'good')}
${tile('运行状况', 'health', ok ? '正常' : '异常', ok ? 'good' : 'bad')}
</div>
${problems.map(([name, part]) => html`<p class="bad">${name}: ${part.problem ?? '—'}</p>`)}
<h2>报警 <small>Open alarms</small></h2>
<div class="cards">
${shown.length === 0 ? html`<div class="card good">没有未关闭的报警<span class="en">No open alarms</span></div>` : shown.map((alarm) => alarmCard(parts, alarm))}
</div>
${open.length > shown.length ? html`<p><small>还有 ${open.length - shown.length} 条 / more: <a href="/api/v1/alarms?open=true">/api/v1/alarms?open=true</a></small></p>` : undefined}
<h2>入口 <small>Where to go</small></h2>
<ul class="cards links">
${link('/api/docs', '接口文档', 'API documentation: read and try')}
${link('/api/v1/devices', '设备与最新读数', 'Devices and their newest values (JSON)')}
${link('/api/v1/alarms', '报警记录', 'Alarms (JSON)')}
${link('/health', '健康状况', 'Health of each part (JSON)')}
</ul>
</main>`;
}

function tile(zh: string, en: string, value: string | number, tone = ''): Html {
  return html`<div class="card tile"><b class="${tone}">${value}</b>${zh} <small>${en}</small></div>`;
}

function link(href: string, zh: string, en: string): Html {
  return html`<li class="card"><a href="${href}">${zh}</a><small>${en}</small></li>`;
}

function alarmCard({ clock, configuration }: HttpParts, alarm: Alarm): Html {
  const { zh, en } = label(alarm);
  const lasted = sayDuration((alarm.cleared ?? clock.now()) - alarm.since);
  const since = localTime(alarm.since, timezoneOf(configuration(), alarm));
  const state = alarm.acknowledgedBy
    ? `${alarm.acknowledgedBy} 已确认`
    : alarm.cleared === undefined
      ? '待确认'
      : '已恢复，待确认';
  return html`<div class="card alarm ${alarm.severity}"><b>${zh}</b> <span class="en">${en} · ${lasted.en}</span>
<div>${placeOf(alarm)}</div>
<small>${since} 起，历时 ${lasted.zh} · ${state}</small></div>`;
}

/** The time zone of an alarm's campus; the gateway's own alarms go by the first. */
export function timezoneOf(
  { campuses }: Pick<ReturnType<HttpParts['configuration']>, 'campuses'>,
  { campus }: Pick<Alarm, 'campus'>,
): string {
  const found = campuses.get(campus) ?? campuses.values().next().value;
  return found?.timezone ?? 'Asia/Shanghai';
}
