import type { ChatRequest } from '../../domain/request.ts'
import type { Concern } from '../../ports/provider/wire.ts'
import { asFields, type Fields } from '../replies/fields.ts'
import { lacksSchemas } from './model-facts.ts'

/**
 * What Claude may make of the schema of an answer (Anthropic document, Structured outputs: models, and limits of JSON
 * Schema). Each request of a batch would be refused by itself, once it runs.
 */
export function schemaConcerns({ schema, model }: Pick<ChatRequest, 'schema' | 'model'>): readonly Concern[] {
  if (schema === null) return []
  const concerns: Concern[] = []
  if (lacksSchemas(model))
    concerns.push({
      words: `${model} is older than the models that take a schema for their answers; each request may be refused`,
      fix: 'take claude-haiku-4-5 or a later model, or leave out `output` and ask for JSON in the prompt',
    })
  const name = recursiveDefinition(schema.schema)
  if (name !== null)
    concerns.push({
      words: `the schema of the answer refers to itself (${name}), which Claude does not take; each request may be refused`,
      fix: 'write its levels out in `output`, as deep as they are needed',
    })
  return concerns
}

/** A definition that leads back to itself, or the schema as a whole (`#`); null: there is none. */
function recursiveDefinition(schema: Fields): string | null {
  const definitions = asFields(schema['$defs']) ?? {}
  const done = new Set<string>()
  const follow = (part: unknown, within: readonly string[]): string | null => {
    for (const reference of referencesIn(part)) {
      const name = reference.replace(/^#\/\$defs\//, '')
      if (name === '#' || within.includes(name)) return name
      if (done.has(name)) continue
      const found = follow(definitions[name], [...within, name])
      if (found !== null) return found
      done.add(name)
    }
    return null
  }
  const { $defs: _definitions, ...root } = schema
  return follow(root, [])
}

function referencesIn(part: unknown): readonly string[] {
  if (Array.isArray(part)) return part.flatMap(referencesIn)
  return Object.entries(asFields(part) ?? {}).flatMap(([name, value]) =>
    name === '$ref' && typeof value === 'string' ? [value] : referencesIn(value),
  )
}
