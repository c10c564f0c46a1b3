import { z } from '@hono/zod-openapi'
import { jsonSchemaFrom } from '../../planning/schema/json-schema-from.ts'
import type { AnyJob } from '../../ports/job.ts'

type Fields = Readonly<Record<string, z.ZodOptional<z.ZodString>>>

const described = z.object({
  properties: z.record(z.string(), z.object({ description: z.string().optional() }).catchall(z.unknown())),
})

/**
 * The parameters of a job as fields of a query: their own schema reads the texts. Its fields are named in the
 * document, where it can say them.
 */
export function paramsQuery({
  params,
}: Pick<AnyJob, 'params'>): z.ZodObject<Fields, z.core.$catchall<z.ZodString>> {
  const fields = Object.entries(fieldsOf(params)).map(
    ([name, { description }]) =>
      [
        name,
        z
          .string()
          .optional()
          .openapi(description === undefined ? {} : { description }),
      ] as const,
  )
  return z.object(Object.fromEntries(fields)).catchall(z.string())
}

function fieldsOf(
  params: AnyJob['params'],
): Readonly<Record<string, { readonly description?: string | undefined }>> {
  try {
    return described.parse((params && jsonSchemaFrom(params))?.input({ target: 'draft-2020-12' })).properties
  } catch {
    // Schemas of other libraries need not tell; theirs still reads the query.
    return {}
  }
}
