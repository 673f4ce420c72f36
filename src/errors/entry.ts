/** A text in the gateway's two languages. Chinese is shown first. */
export interface Text {
  zh: string;
  en: string;
}

/** An error that a person can meet. */
export interface Entry {
  /** HTTP status when the error answers a request. */
  status: number;
  /** What happened; `{name}` is replaced by the parameter of that name. */
  message: Text;
  /** What to do about it. */
  remedy: Text;
}

export const entry = (
  status: number,
  en: string,
  enRemedy: string,
  zh: string,
  zhRemedy: string,
): Entry => ({ status, message: { zh, en }, remedy: { zh: zhRemedy, en: enRemedy } });
