/** A mobile number of mainland China as its eleven digits; undefined for anything else. */
export function mobileNumber(phone: string | undefined): string | undefined {
  return /^(?:\+?86)?(1[3-9]\d{9})$/.exec(phone ?? '')?.[1];
}

/** A number that a voice call reaches: a mobile, or a landline with its area code. */
export function callableNumber(phone: string | undefined): string | undefined {
  return mobileNumber(phone) ?? /^(?:\+?86)?(0\d{9,11})$/.exec(phone ?? '')?.[1];
}

/** `138****0000`: enough to know whose it is, too little to call. */
export function maskNumber(phone: string): string {
  const digits = phone.replace(/^\+?86(?=1\d{10}$)/, '');
  return digits.length < 8 ? '****' : `${digits.slice(0, 3)}****${digits.slice(-4)}`;
}
