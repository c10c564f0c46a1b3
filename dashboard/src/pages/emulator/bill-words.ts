/** What the two books say of each other. */
export interface BillWords {
  readonly agree: boolean
  readonly words: string
}

/** Each batch is rounded to a whole micro-dollar on both sides. */
const roundedOff = 1

/** The emulator's bill beside the ledger: they agree once everything is settled. */
export function billWords(
  bill: { readonly costMicroUsd: number; readonly batches: number; readonly duplicateRequests: number },
  ledger: {
    readonly spentMicroUsd: number
    readonly duplicateMicroUsd: number
    readonly reservedMicroUsd: number
  },
): BillWords {
  const away = bill.costMicroUsd - ledger.spentMicroUsd - ledger.duplicateMicroUsd
  if (Math.abs(away) <= roundedOff * Math.max(1, bill.batches))
    return { agree: true, words: 'The ledger and the bill agree.' }
  if (away > 0)
    return {
      agree: false,
      words:
        ledger.reservedMicroUsd > 0
          ? 'The bill is ahead: batches are on their way, and settled when their answers are here.'
          : 'The bill says more than the ledger: somebody else may use this emulator too.',
    }
  return {
    agree: false,
    words: 'The ledger says more than the bill: it also knows of runs that this emulator did not answer.',
  }
}
