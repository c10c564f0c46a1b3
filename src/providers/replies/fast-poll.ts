/** A service on this machine may be asked often. */
export const fastPollEveryMs = 500
