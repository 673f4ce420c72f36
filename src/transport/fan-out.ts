import mqemitter from 'mqemitter';

type Emitter = ReturnType<typeof mqemitter>;

/**
 * The broker's way to those who have subscribed. Devices speak and hardly listen: while none has
 * subscribed to anything, their messages are not looked up among the subscriptions.
 */
export function createFanOut() {
  // A shared queue of deliveries would let one slow subscriber hold up every device.
  const emitter = mqemitter({ concurrency: 0, matchEmptyLevels: true });
  let listeners = 0;
  return {
    on(...[topic, listener, done]: Parameters<Emitter['on']>): void {
      if (!isOwn(topic)) listeners += 1;
      emitter.on(topic, listener, done);
    },
    removeListener(...[topic, listener, done]: Parameters<Emitter['removeListener']>): void {
      if (!isOwn(topic)) listeners -= 1;
      emitter.removeListener(topic, listener, done);
    },
    emit(...[message, done]: Parameters<Emitter['emit']>): void {
      if (listeners > 0 || isOwn(message.topic)) emitter.emit(message, done);
      else done?.();
    },
    close: (done: () => void): void => emitter.close(done),
  };
}

/** What the broker tells itself. */
const isOwn = (topic: string) => topic.startsWith('$SYS/');
