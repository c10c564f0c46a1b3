import { z } from 'zod'
import { makeMetrics } from '../../src/server/metrics.ts'
import { documentOf } from '../../src/server/routes/document.ts'
import { tableOf } from '../../src/server/table.ts'
import { generated } from './generated.ts'
import { schemaText } from './schema-text.ts'

const parameter = z.object({
  name: z.string(),
  in: z.string(),
  required: z.boolean().optional(),
  description: z.string().optional(),
  schema: z.unknown().optional(),
})
const content = z.record(z.string(), z.object({ schema: z.unknown() }))
const operation = z.object({
  summary: z.string(),
  description: z.string().optional(),
  tags: z.array(z.string()),
  'x-scope': z.string().optional(),
  parameters: z.array(parameter).default([]),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ content: content.optional() })),
})
const document = z.object({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
})
const object = z.looseObject({
  properties: z.record(z.string(), z.unknown()),
  required: z.array(z.string()).default([]),
})
const described = z.object({ description: z.string() })

type Operation = z.output<typeof operation>

/** The whole text of `docs/reference/rest.md`. */
export function restPage(): string {
  using metrics = makeMetrics('')
  const { paths, components } = document.parse(documentOf(tableOf({ version: '', metrics, further: [] }), ''))
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, asked]) => ({ title: `${method.toUpperCase()} ${path}`, asked })),
  )
  const tags = Map.groupBy(routes, ({ asked }) => asked.tags[0] ?? 'Server')
  return `# REST reference

${generated('the OpenAPI document of the server', 'src/server/contract/')}

\`offpeak serve\` answers at \`http://127.0.0.1:4100\`. \`GET /openapi.json\` returns the same as OpenAPI 3.1, with the routes of
\`api.compat\` if the project has them. [The server](../server.md#rest) shows the routes in use, with keys, events and webhooks.

A request carries its key as \`X-API-Key\` or \`Authorization: Bearer\`. A failed request is answered with a
[Problem](#problem); the codes are on [their page](errors.md). A route that can spend takes an \`Idempotency-Key\`: the same
request with the same key is done once.

${[...tags].map(([tag, own]) => `## ${tag}\n\n${own.map(routeText).join('\n')}`).join('\n')}
## Schemas

${Object.entries(components.schemas).map(schemaSection).join('\n')}`
}

function routeText({ title, asked }: { readonly title: string; readonly asked: Operation }): string {
  const { summary, description, parameters, requestBody, responses } = asked
  const scope = asked['x-scope']
  const answers = Object.entries(responses).flatMap(([status, { content: bodies = {} }]) =>
    Number(status) < 300
      ? [
          Object.keys(bodies).length === 0
            ? status
            : Object.entries(bodies)
                .map(([media, { schema }]) => `${status} \`${media}\`: ${schemaText(schema)}`)
                .join('; '),
        ]
      : [],
  )
  const body = requestBody?.content['application/json']?.schema
  const bodyObject = object.safeParse(body)
  const rows = [
    ...parameters.map(({ name, in: place, required = false, description: words = '', schema }) => ({
      name,
      place,
      required,
      kind: schemaText(schema),
      words,
    })),
    ...(bodyObject.success ? propertyRows(bodyObject.data) : []).map((row) => ({ ...row, place: 'body' })),
  ]
  return [
    `### ${title}`,
    '',
    `${summary}.${description === undefined ? '' : ` ${description}`}`,
    '',
    `- Scope: ${scope === undefined ? 'none, everybody is answered' : `\`${scope}\``}`,
    ...(body === undefined || bodyObject.success ? [] : [`- Body: ${schemaText(body)}`]),
    `- Answer: ${answers.join('; ')}`,
    '',
    ...(rows.length === 0
      ? []
      : [
          '| name | in | takes | meaning |',
          '|---|---|---|---|',
          ...rows.map(
            ({ name, place, required, kind, words }) =>
              `| \`${name}\`${required ? ' (required)' : ''} | ${place} | ${kind} | ${cell(words)} |`,
          ),
          '',
        ]),
  ].join('\n')
}

function schemaSection([name, schema]: readonly [string, unknown]): string {
  const about = described.safeParse(schema)
  const words = about.success ? `${about.data.description}.\n\n` : ''
  const shape = object.safeParse(schema)
  if (!shape.success) return `### ${name}\n\n${words}${schemaText(schema)}\n`
  const rows = propertyRows(shape.data).map(
    ({ name: property, required, kind, words: meaning }) =>
      `| \`${property}\`${required ? '' : ' (optional)'} | ${kind} | ${cell(meaning)} |`,
  )
  const table =
    rows.length === 0 ? 'an object' : ['| name | is | meaning |', '|---|---|---|', ...rows].join('\n')
  return `### ${name}\n\n${words}${table}\n`
}

function propertyRows({ properties, required }: z.output<typeof object>): readonly {
  readonly name: string
  readonly required: boolean
  readonly kind: string
  readonly words: string
}[] {
  return Object.entries(properties).map(([name, schema]) => {
    const about = described.safeParse(schema)
    return {
      name,
      required: required.includes(name),
      kind: schemaText(schema),
      words: about.success ? about.data.description : '',
    }
  })
}

function cell(words: string): string {
  return words.replaceAll('|', '\\|').replaceAll('<', '\\<').replaceAll('\n', ' ')
}
