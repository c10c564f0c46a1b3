/**
 * How requests are sent: in the provider's batches, or one by one as they are answered: in real time, or in the tier
 * that waits for spare room at the price of a batch.
 */
export const lanes = {
  batch: { words: 'batch', price: 'batch price' },
  flex: { words: 'flex', price: 'the price of a batch, answered when there is room' },
  realtime: { words: 'real time', price: 'no discount' },
} as const satisfies Record<string, { readonly words: string; readonly price: string }>

export type Lane = keyof typeof lanes

export const laneNames = ['batch', 'flex', 'realtime'] as const satisfies readonly Lane[]
