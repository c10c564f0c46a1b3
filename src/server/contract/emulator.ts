import { z } from '@hono/zod-openapi'
import { namedTexts } from '../../domain/named-values.ts'
import { list } from './page.ts'

/** The emulator's own view: its clock, its bill, and what it was told to do wrong. */
export const emulatorState = z
  .object({
    url: z.string(),
    nowMs: z.number(),
    speed: z.number(),
    bill: z.object({
      batches: z.number().int(),
      requests: z.number().int(),
      costMicroUsd: z.number(),
      duplicateRequests: z.number().int(),
    }),
    batches: list(
      z.object({
        id: z.string(),
        status: z.string(),
        total: z.number().int(),
        completed: z.number().int(),
        failed: z.number().int(),
        createdAt: z.number().nullable(),
        scenarios: list(z.string()),
      }),
    ),
    faults: list(
      z.object({ id: z.string(), name: z.string(), matched: z.number().int(), fired: z.number().int() }),
    ),
    scenarios: list(
      z.object({
        name: z.string(),
        words: z.string(),
        concerns: z.enum(['batch', 'call']),
        options: list(
          z.object({ name: z.string(), words: z.string(), fallback: z.string(), choices: list(z.string()) }),
        ),
      }),
    ),
  })
  .openapi('EmulatorState')

export const clockRequest = z.strictObject({
  speed: z.number().positive().max(1_000_000).optional(),
  advance: z
    .string()
    .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/)
    .max(20)
    .optional(),
})

/** A fault that the next batch or call, or every one, is to meet; options as the scenario lists them. */
export const faultRequest = z.strictObject({
  scenario: z.string().max(50),
  times: z.enum(['next', 'all']).default('next'),
  options: namedTexts(200)
    .default({})
    .openapi({
      type: 'object',
      additionalProperties: { type: 'string', maxLength: 200 },
      description: 'as texts: {"every": "5"}',
    }),
})

/** State of the emulator. */
export type EmulatorState = z.infer<typeof emulatorState>
