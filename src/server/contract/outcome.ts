import { z } from '@hono/zod-openapi'
import { outcomeNames } from '../../domain/outcome.ts'

export const outcome = z.enum(outcomeNames).openapi('Outcome')
export const outcomeCounts = z
  .partialRecord(outcome, z.number().int())
  .openapi('OutcomeCounts', { description: 'how many in each outcome; absent means none' })
export const deliveryMode = z.enum(['batch', 'flex', 'realtime'])
export const otherDeliveryMode = z.enum(['flex', 'realtime'])

export type Outcome = z.infer<typeof outcome>
export type OutcomeCounts = z.infer<typeof outcomeCounts>
export type DeliveryMode = z.infer<typeof deliveryMode>
