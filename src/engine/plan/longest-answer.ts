import { jsonSchemaFrom } from '../../planning/schema/json-schema-from.ts'
import { longestOf, textOf } from '../../planning/schema/longest-example.ts'
import type { PreparedJob } from '../job/prepare.ts'

/** An answer as long as one may be: `bounded` by what the schema says, or only `likely` where it says nothing. */
export interface LongAnswer {
  readonly kind: 'bounded' | 'likely'
  readonly output: unknown
}

const charactersPerToken = 4
const usualTokens = 300
/** A longer text is not likely in a field that is one of several. */
const mostTokens = 500
const target = 'draft-2020-12'

/** Answers as long as the job lets them be, which its own schema takes; none for vectors. */
export async function longAnswers(job: PreparedJob): Promise<readonly LongAnswer[]> {
  const { job: definition, task, inspection } = job
  if (task === 'embedding') return []
  const likely = Math.min(inspection.maxTokens ?? usualTokens, mostTokens) * charactersPerToken
  const { output } = definition
  if (!output) return [{ kind: 'likely', output: textOf(likely) }]
  const { validate } = output['~standard']
  const jsonSchema = jsonSchemaFrom(output)
  const made: LongAnswer[] = []
  for (const kind of ['bounded', 'likely'] as const) {
    try {
      const schema = jsonSchema?.input({ target })
      if (schema === undefined) continue
      const found = await validate(longestOf(schema, kind === 'bounded' ? 0 : likely))
      if (!found.issues) made.push({ kind, output: found.value })
    } catch {
      // What a validator throws, or cannot tell of itself, is no reason to refuse a job.
    }
  }
  return made
}
