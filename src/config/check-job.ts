import { z } from 'zod'
import { didYouMean } from '../planning/text/near-names.ts'
import { parseDuration } from '../domain/duration.ts'
import { OffpeakError } from '../domain/errors.ts'
import { usd } from './amount-text.ts'
import { isSinkConnector } from '../ports/sink.ts'
import { isSource } from './definition/values.ts'
import { configNames } from './settings.ts'

/** Entries of the configuration, which are for all jobs. */
const inConfig: ReadonlySet<string> = new Set(configNames)

/** An object that has these entries and no others; a name that is nearly one of them is named. */
function entries<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined
      const [unknown = ''] = issue.keys
      if (inConfig.has(unknown))
        return `there is no \`${unknown}\` in a job: it is for all jobs, and belongs into offpeak.config.ts`
      return `there is no \`${unknown}\`.${didYouMean(unknown, Object.keys(shape)) || ` There are ${Object.keys(shape).join(', ')}.`}`
    },
  })
}

function must<Value>(is: (value: unknown) => boolean, words: string): z.ZodType<Value> {
  return z.custom<Value>(is, { error: words })
}

const aFunction = must((value) => typeof value === 'function', 'it is to be a function')
const duration = z
  .string()
  .refine((text) => (parseDuration(text) ?? 0) > 0, "it is to be a duration, as in '20h'")
const count = z.int().positive()

/** Any library's schema fits, by the one property that all of them have; so it may be a function too. */
const zod3 = must(
  (value) => !(typeof value === 'object' && value !== null && isBareZod(value)),
  'a schema of zod before 3.24 does not follow Standard Schema: npm install zod@3.25.76, or zod@4',
)

function isBareZod(value: object): boolean {
  return Reflect.has(value, '_def') && Reflect.has(value, 'safeParse') && standardOf(value) === null
}

const schema = zod3.and(
  must(
    (value) =>
      ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
      typeof standardOf(value)?.['validate'] === 'function',
    'it is no schema: write z.object({ … }), the schema of any library that follows Standard Schema, or jsonSchema({ … })',
  ),
)

function standardOf(value: object): Readonly<Record<string, unknown>> | null {
  const standard: unknown = Reflect.get(value, '~standard')
  return typeof standard === 'object' && standard !== null ? { ...standard } : null
}

const source = must(isSource, "it is no source: write jsonl.rows({ file: 'a.jsonl', key: 'id' }), or another")

export const sinkSchemas = {
  table: entries({
    table: z.string(),
    set: aFunction,
    database: z.string().optional(),
    key: z
      .union([z.string(), z.array(z.string()).min(1)], {
        error: "it is to be a column, or the columns of the source's key in its order: ['shop', 'id']",
      })
      .optional(),
  }),
  upsert: entries({
    upsert: z.string(),
    key: z.union([z.string(), z.array(z.string()).min(1)], {
      error: (issue) =>
        issue.input === undefined ? 'it is missing: the columns that identify a row' : undefined,
    }),
    set: aFunction,
    scope: z
      .strictObject({
        of: z.union([z.string(), z.array(z.string()).min(1)]),
        chunk: z.string(),
        mark: z.record(z.string(), z.unknown()).optional(),
      })
      .optional(),
    database: z.string().optional(),
  }),
  jsonl: entries({ jsonl: z.string(), line: aFunction.optional() }),
  csv: entries({ csv: z.string(), line: aFunction.optional(), escapeFormulas: z.boolean().optional() }),
  parquet: entries({ parquet: z.string(), line: aFunction.optional() }),
  file: entries({
    file: aFunction,
    content: aFunction.optional(),
    skipExisting: z.boolean().optional(),
    overwrite: z.boolean().optional(),
  }),
  sink: entries({
    sink: must(isSinkConnector, 'it is no sink: an object with `kind`, `describe` and `open`'),
    values: aFunction.optional(),
  }),
} as const

const sink = z.unknown().check((given) => {
  const { value } = given
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : []
  const [kind, ...others] = Object.entries(sinkSchemas).filter(([name]) => names.includes(name))
  if (kind === undefined || others.length > 0) {
    const near =
      names.map((name) => didYouMean(name, Object.keys(sinkSchemas))).find((words) => words !== '') ?? ''
    given.issues.push({
      code: 'custom',
      input: value,
      message: `it needs exactly one of ${Object.keys(sinkSchemas).join(', ')}.${near}`,
    })
    return
  }
  for (const { path, message } of kind[1].safeParse(value).error?.issues ?? [])
    given.issues.push({ code: 'custom', input: value, path: [...path], message })
})

const model = z.looseObject(
  { provider: z.string(), model: z.string().nullable(), endpoint: z.string() },
  {
    error: "it is no model: write openai('gpt-4o-mini'), azure() or openaiCompatible({ … })('name')",
  },
)

const candidate = entries({
  model: model.optional(),
  prompt: aFunction.optional(),
  temperature: z.number().min(0).optional(),
  maxTokens: count.optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
})

export const jobSchema = entries({
  name: z.string(),
  version: z.string().optional(),
  from: must(
    (value) => typeof value === 'function' || isSource(value),
    'it is no source, and no function that gives one',
  ),
  params: schema.optional(),
  model,
  prompt: aFunction.optional(),
  variants: z.record(z.string(), aFunction).optional(),
  candidates: z.record(z.string(), candidate).optional(),
  examples: entries({ from: source }).optional(),
  output: schema.optional(),
  dimensions: count.optional(),
  score: entries({ of: aFunction, min: z.number().optional() }).optional(),
  temperature: z.number().min(0).optional(),
  maxTokens: count.optional(),
  check: aFunction.optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  to: sink.optional(),
  join: sink.optional(),
  retry: entries({
    max: count.optional(),
    repair: z.boolean().optional(),
    realtime: entries({
      after: duration,
      maxRows: count,
      deliveryMode: z.enum(['realtime', 'flex']).optional(),
    }).optional(),
  }).optional(),
  deadline: duration.optional(),
  budget: entries({ perRun: usd.optional(), perDay: usd.optional() }).optional(),
  after: z.union([z.string(), z.looseObject({ name: z.string() })]).optional(),
  track: entries({ records: sink.optional(), batches: sink.optional() }).optional(),
})

/**
 * The check of a job, as strict as that of the configuration, so that a word that nothing reads is told before it is
 * missed. Throws E_JOB_INVALID naming the entry, and the one that was probably meant.
 */
export function checkJob(job: object, where: string): void {
  const issues = jobSchema.safeParse({ ...job }).error?.issues ?? []
  // A name that nothing reads explains the one that is missing.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]
  if (issue === undefined) return missingPart(job, where)
  const path = issue.path.join('.')
  if (path !== '' && issue.path.length === 1 && Reflect.get(job, path) === undefined)
    throw missing(path, where)
  throw new OffpeakError('E_JOB_INVALID', `${path === '' ? '' : `\`${path}\`: `}${issue.message}`, {
    where,
    fix: 'see the page about jobs (docs/jobs.md)',
  })
}

/** What only several entries together say. */
function missingPart(job: object, where: string): void {
  const has = (name: string): boolean => Reflect.get(job, name) !== undefined
  const wanted = !has('prompt') && !has('variants') ? 'prompt' : !has('to') && !has('join') ? 'to' : null
  if (wanted !== null) throw missing(wanted, where)
}

const examples: Readonly<Record<string, string>> = {
  from: "from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }), or another source",
  model: "model: openai('gpt-4o-mini'), or another service",
  prompt: 'prompt: ({ row }) => …, or variants: { … }',
  to: "to: { jsonl: 'out/answers.jsonl' }, or another sink",
}

function missing(name: string, where: string): OffpeakError {
  const fix = Object.hasOwn(examples, name) ? examples[name] : undefined
  return new OffpeakError('E_JOB_INVALID', `\`${name}\` is missing`, {
    where,
    ...(fix !== undefined && { fix }),
  })
}
