const WORDS: ReadonlySet<string> = new Set(['1', '确认', '收到']);

/** Whether a reply means "I take care of it". A mention of the robot and a full stop are no words. */
export const isAcknowledgement = (text: string): boolean =>
  WORDS.has(
    text
      .slice(0, 200)
      .normalize('NFKC')
      .replace(/@\S+/g, '')
      .replace(/[\s.。!,、~]/g, ''),
  );

/** What to answer to anything else. */
export const HELP = {
  zh: '回复「1」「确认」或「收到」即确认最近一条报警。',
  en: 'Reply 1, 确认 or 收到 to acknowledge the newest alarm.',
};
