/** Schemas of the libraries that people have: what is installed, and how a job has them. */
export interface SchemaLibrary {
  readonly name: string
  readonly install: string
  /** The lines of a job file that make `output`, as docs/jobs.md has them. */
  readonly code: string
}

const zod = (from: string): string =>
  `import { z } from '${from}'\nconst output = z.object({ title: z.string().min(3), kind: z.enum(['a', 'b']), note: z.string().nullish() })`

export const schemaLibraries: readonly SchemaLibrary[] = [
  { name: 'zod 3.24', install: 'zod@3.24.4', code: zod('zod') },
  { name: 'zod 3.25', install: 'zod@3.25.76', code: zod('zod') },
  { name: 'zod 3.25, `zod/v4`', install: 'zod@3.25.76', code: zod('zod/v4') },
  { name: 'zod 4.0', install: 'zod@4.0.17', code: zod('zod') },
  { name: 'zod 4', install: 'zod@4', code: zod('zod') },
  {
    name: 'Valibot 1.0',
    install: 'valibot@1.0.0',
    code: "import * as v from 'valibot'\nconst output = v.object({ title: v.pipe(v.string(), v.minLength(3)), kind: v.picklist(['a', 'b']), note: v.nullish(v.string()) })",
  },
  {
    name: 'Valibot 1',
    install: 'valibot@1',
    code: "import * as v from 'valibot'\nconst output = v.object({ title: v.pipe(v.string(), v.minLength(3)), kind: v.picklist(['a', 'b']), note: v.nullish(v.string()) })",
  },
  {
    name: 'Valibot 1, wrapped',
    install: 'valibot@1 @valibot/to-json-schema@1',
    code: "import * as v from 'valibot'\nimport { toStandardJsonSchema } from '@valibot/to-json-schema'\nconst output = toStandardJsonSchema(v.object({ title: v.string(), kind: v.picklist(['a', 'b']) }))",
  },
  {
    name: 'ArkType 2',
    install: 'arktype@2',
    code: "import { type } from 'arktype'\nconst output = type({ title: 'string > 2', kind: \"'a' | 'b'\" })",
  },
  {
    name: 'Effect 3',
    install: 'effect@3',
    code: "import { JSONSchema, Schema } from 'effect'\nimport { jsonSchema } from 'offpeak'\nconst schema = Schema.Struct({ title: Schema.String, kind: Schema.Literal('a', 'b') })\nconst output = jsonSchema(JSONSchema.make(schema), Schema.standardSchemaV1(schema))",
  },
  {
    name: 'TypeBox 0.34',
    install: '@sinclair/typebox@0.34',
    code: "import { Type, type Static } from '@sinclair/typebox'\nimport { Value } from '@sinclair/typebox/value'\nimport { jsonSchema } from 'offpeak'\nconst schema = Type.Object({ title: Type.String(), kind: Type.Union([Type.Literal('a'), Type.Literal('b')]) })\nconst output = jsonSchema<Static<typeof schema>>(schema, (value) => Value.Check(schema, value))",
  },
  {
    name: 'TypeBox 1',
    install: 'typebox@1',
    code: "import { Type, type Static } from 'typebox'\nimport { Compile } from 'typebox/compile'\nimport { jsonSchema } from 'offpeak'\nconst schema = Type.Object({ title: Type.String(), kind: Type.Union([Type.Literal('a'), Type.Literal('b')]) })\nconst compiled = Compile(schema)\nconst output = jsonSchema<Static<typeof schema>>(schema, (value) => compiled.Check(value))",
  },
]

/** A job of 50 records whose answers such a schema judges. */
export function schemaJob({ code }: SchemaLibrary): string {
  return `import { defineJob, openai, rows } from 'offpeak'
${code}

export default defineJob({
  name: 'schema',
  from: rows(
    async function* () {
      for (let id = 1; id <= 50; id++) yield { id, text: \`Note \${id}\` }
    },
    { key: 'id' },
  ),
  model: openai('gpt-4o-mini'),
  maxTokens: 300,
  prompt: ({ row }) => \`A title and a kind for: \${row.text}\`,
  output,
  to: { jsonl: 'out/schema.jsonl', line: ({ output: answer }) => ({ ...answer }) },
})
`
}
