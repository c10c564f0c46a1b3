import { z } from '@hono/zod-openapi'
import { list } from './page.ts'

/** A problem, after RFC 9457: the four lines that the command line prints, as fields. */
export const problem = z
  .object({
    type: z.string().openapi({ example: 'urn:offpeak:error:E_RUN_UNKNOWN' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string().openapi({ example: 'E_RUN_UNKNOWN' }),
    where: z.string().nullable(),
    fix: z.string().nullable(),
    money: z
      .enum(['no', 'yes', 'unknown'])
      .openapi({ description: 'whether the failed act can have cost money' }),
    /** What is wrong with which field of the request. */
    issues: list(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem')

export type Problem = z.infer<typeof problem>
