/**
 * How requests are sent: in the provider's batches, or one by one as they are answered: in real time, or in the tier
 * that waits for spare capacity at the price of a batch.
 */
export const deliveryModes = ['batch', 'flex', 'realtime'] as const

/** Mode in which a file is sent: one of `deliveryModes`. */
export type DeliveryMode = (typeof deliveryModes)[number]
