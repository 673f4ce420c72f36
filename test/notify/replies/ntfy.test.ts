import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import type { ReceivedMessage } from '../../../simulators/providers/provider.ts';
import { Site } from './site.ts';

const Pushed = Type.Object({
  actions: Type.Array(
    Type.Object({
      action: Type.String(),
      label: Type.String(),
      url: Type.String(),
      body: Type.Optional(Type.String()),
    }),
  ),
});

/** What the phone does when somebody taps 确认: the ntfy app sends the request in the action. */
async function tap(message: ReceivedMessage | undefined): Promise<void> {
  const [button] = Value.Parse(Pushed, message?.raw).actions;
  expect(button).toMatchObject({ action: 'http', label: '确认' });
  const response = await fetch(button?.url ?? '', { method: 'POST', body: button?.body ?? '' });
  expect(response.ok).toBe(true);
}

const last = ({ providers }: Site) => providers.received.at(-1);

test('a tap on the button acknowledges that alarm in the name of who had the message', async () => {
  await using site = await Site.open('ntfy');
  await site.listening();
  await site.rings('hall');
  const first = last(site);
  await site.rings('gym');
  await tap(first);
  await site.until(() => site.acknowledged()[0] !== undefined);
  expect(site.acknowledged()).toEqual(['李志强', undefined]);
});

test('a second tap changes nothing', async () => {
  await using site = await Site.open('ntfy');
  await site.listening();
  await site.rings('hall');
  const first = last(site);
  await tap(first);
  await tap(first);
  await site.until(() => site.codes().length > 0);
  expect(site.codes()).toEqual(['LINK_USED']);
});

test('a forged token changes nothing and is logged with its code', async () => {
  await using site = await Site.open('ntfy');
  await site.listening();
  await site.rings('hall');
  const { urls, secrets } = site.providers;
  for (const body of ['1.zzzzzz.AAAAAAAAAAAAAAAAAAAAAA', '确认', 'x'.repeat(4000)]) {
    await fetch(`${urls.ntfy}/${secrets.ntfy.topic}-ack`, { method: 'POST', body });
  }
  await site.until(() => site.codes().length === 3);
  expect(new Set(site.codes())).toEqual(new Set(['LINK_INVALID']));
  expect(site.acknowledged()).toEqual([undefined]);
});

test('taps while the connection is lost, or the gateway down, are taken when it is back', async () => {
  await using site = await Site.open('ntfy');
  await site.listening();
  await site.rings('hall');
  const hall = last(site);
  await site.rings('gym');
  const gym = last(site);
  site.providers.fail('ntfy', 'drop');
  site.providers.cut('ntfy');
  await site.until(() => site.codes().includes('REPLIES_LOST'));
  site.providers.fail('ntfy', undefined);
  await tap(hall);
  site.clock.moveTo(site.clock.now() + 2_000);
  await site.until(() => site.acknowledged()[0] !== undefined);

  await site.stop();
  await tap(gym);
  site.clock.moveTo(site.clock.now() + 3_600_000);
  await site.start();
  await site.until(() => site.acknowledged()[1] !== undefined);
});

test('a tap that came after a colleague’s does not answer the next ringing when it comes again', async () => {
  await using site = await Site.open('ntfy');
  await site.listening();
  const { id } = await site.rings('hall');
  const { acknowledgedUntil = 0 } = site.gateway.core.actions.acknowledge(id, '王秀英');
  await tap(last(site));
  await site.until(() => site.codes().includes('ALARM_ACKNOWLEDGED'));
  site.clock.moveTo(acknowledgedUntil);
  expect(site.acknowledged()).toEqual([undefined]);
  // ntfy keeps what was tapped, and tells of it again at the start
  await site.stop();
  await site.start();
  await site.until(() => site.codes().includes('LINK_USED'));
  expect(site.acknowledged()).toEqual([undefined]);
});

test('a connection without any sign of life is opened anew', async () => {
  await using site = await Site.open('ntfy');
  await site.listening();
  await site.until(() => site.gateway.health().parts.replies?.figures?.connected === 1);
  site.clock.moveTo(site.clock.now() + 120_000);
  await site.until(() => site.codes().includes('REPLIES_LOST'));
  site.clock.moveTo(site.clock.now() + 2_000);
  await site.until(() => site.gateway.health().parts.replies?.figures?.connected === 1);
});
