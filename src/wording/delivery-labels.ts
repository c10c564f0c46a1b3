import type { DeliveryMode } from '../domain/delivery-mode.ts'

/** Each delivery mode as people read it, and its price in words. */
export const deliveryLabels: Readonly<
  Record<DeliveryMode, { readonly words: string; readonly price: string }>
> = {
  batch: { words: 'batch', price: 'batch price' },
  flex: { words: 'flex', price: 'the price of a batch, answered when there is capacity' },
  realtime: { words: 'real time', price: 'no discount' },
}
