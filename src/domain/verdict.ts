/**
 * Verdict of a person on one answer: `accept` it is good, `edit` it is good once it is put like this, `reject` it is
 * not, `skip` somebody else may say.
 */
export const verdictNames = ['accept', 'edit', 'reject', 'skip'] as const

export type VerdictName = (typeof verdictNames)[number]

/** How many of each were given. */
export type VerdictCounts = Readonly<Record<VerdictName, number>>
