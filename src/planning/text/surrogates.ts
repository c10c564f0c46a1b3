/** Whether a unit of UTF-16 is the first half of a pair. */
export function isHigh(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800
}

/** Whether a unit of UTF-16 is the second half of a pair. */
export function isLow(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00
}

/** The place itself, or the one before it when it is between the halves of a surrogate pair. */
export function beforePair(text: string, at: number): number {
  return isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at)) ? at - 1 : at
}
