import type { Subject } from './answer.ts'
import { type Json, type JsonObject, isArray, isObject, ownValue } from '../json.ts'
import { matchPattern } from './pattern.ts'
import { between, pick } from '../random.ts'
import { readText } from './reading.ts'
import { type Said, cutAtWord, listOfTexts, textFor } from './schema-texts.ts'
import { withReportedLimits } from './reported-limits.ts'

const maxDepth = 8
const defaultMaxItems = 4

interface Scope {
  readonly root: JsonObject
  readonly subject: Subject
  readonly depth: number
  /** Name of the property that is being filled. */
  readonly name: string
  /** The page that the enclosing entry of a list of pages is about. */
  readonly page?: { readonly text: string; readonly number: number }
  /** How much of the subject the answer has used already, so that it does not repeat itself. */
  readonly said: Said
}

/** A value that fits a JSON schema of the structured-outputs subset, with words taken from the subject. */
export function schemaAnswer(schema: JsonObject, subject: Subject): Json {
  const said = { sentences: 0, words: 0, phrases: 0 }
  return fill(schema, { root: schema, subject, depth: 0, name: '', said })
}

function fill(given: Json | undefined, scope: Scope): Json {
  if (!isObject(given)) return null
  const schema = withReportedLimits(given)
  if ('const' in schema) return schema['const'] ?? null
  const options = schema['enum']
  if (isArray(options)) return chooseEnum(options, scope)
  if (typeof schema['$ref'] === 'string') return fill(resolveRef(schema['$ref'], scope.root), deeper(scope))
  const branches = schema['anyOf'] ?? schema['oneOf']
  if (isArray(branches)) return fill(described(chooseBranch(branches, scope), given), deeper(scope))
  if (isArray(schema['allOf'])) return fill(mergeAll(schema['allOf'], scope), deeper(scope))
  switch (chooseType(schema, scope)) {
    case 'object':
      return fillObject(schema, scope)
    case 'array':
      return fillArray(schema, scope)
    case 'string':
      return fillString(schema, scope)
    case 'integer':
      return fillNumber(schema, scope, true)
    case 'number':
      return fillNumber(schema, scope, false)
    case 'boolean':
      return scope.subject.random() < 0.5
    default:
      return null
  }
}

/** What is said of a choice is said of each of its branches. */
function described(branch: Json | undefined, { description = '' }: JsonObject): Json | undefined {
  return isObject(branch) ? { description, ...branch } : branch
}

function deeper(scope: Scope): Scope {
  return { ...scope, depth: scope.depth + 1 }
}

function resolveRef(ref: string, root: JsonObject): Json | undefined {
  if (ref === '#') return root
  let value: Json | undefined = root
  for (const part of ref.replace(/^#\//, '').split('/')) {
    value = isObject(value) ? ownValue(value, part.replaceAll('~1', '/').replaceAll('~0', '~')) : undefined
  }
  return value
}

function mergeAll(parts: readonly Json[], scope: Scope): JsonObject {
  let merged: JsonObject = {}
  for (const part of parts) {
    const one =
      isObject(part) && typeof part['$ref'] === 'string' ? resolveRef(part['$ref'], scope.root) : part
    if (!isObject(one)) continue
    const properties = { ...asObject(merged['properties']), ...asObject(one['properties']) }
    merged = { ...merged, ...one, properties }
  }
  return merged
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

/** Deep inside a recursive schema the branch that ends it is taken. */
function chooseBranch(branches: readonly Json[], scope: Scope): Json | undefined {
  const ends = branches.filter((branch) => isObject(branch) && branch['type'] === 'null')
  if (scope.depth >= maxDepth && ends.length > 0) return ends[0]
  const rest = branches.filter((branch) => !ends.includes(branch))
  if (ends.length > 0 && scope.subject.random() < 0.15) return ends[0]
  return scope.depth >= maxDepth ? rest[0] : pick(rest, scope.subject.random)
}

function chooseType(schema: JsonObject, scope: Scope): string {
  const { type } = schema
  if (isArray(type)) {
    const real = type.filter((item) => item !== 'null')
    const nullable = real.length < type.length
    if (nullable && (scope.depth >= maxDepth || scope.subject.random() < 0.15)) return 'null'
    return typeof real[0] === 'string' ? real[0] : 'null'
  }
  if (typeof type === 'string') return type
  return schema['properties'] ? 'object' : schema['items'] ? 'array' : 'string'
}

function fillObject(schema: JsonObject, scope: Scope): Json {
  const properties = asObject(schema['properties'])
  const filled = new Map<string, Json>()
  for (const [name, property] of Object.entries(properties)) {
    const required = isArray(schema['required']) && schema['required'].includes(name)
    if (!required && scope.depth >= maxDepth) continue
    filled.set(name, fill(property, { ...deeper(scope), name }))
  }
  return Object.fromEntries(filled)
}

function fillArray(schema: JsonObject, scope: Scope): Json {
  const pages = scope.name === 'pages' ? fillPages(schema, scope) : null
  if (pages) return pages
  const min = numberIn(schema, 'minItems') ?? (scope.depth >= maxDepth ? 0 : 2)
  const max = Math.max(min, numberIn(schema, 'maxItems') ?? Math.max(min, defaultMaxItems))
  const count =
    scope.depth >= maxDepth ? min : between(Math.min(min, max), Math.min(max, min + 3), scope.subject.random)
  const { items } = schema
  if (isObject(items) && items['type'] === 'string' && isPlainString(items)) {
    return listOfTexts(scope, count, numberIn(items, 'maxLength') ?? Infinity)
  }
  const distinct = schema['uniqueItems'] === true || (isObject(items) && isArray(items['enum']))
  const values: Json[] = []
  for (let tries = 0; values.length < count && tries < count * 8; tries += 1) {
    const value = fill(items, { ...deeper(scope), name: scope.name.replace(/s$/, '') })
    // A list of entries, each with its key, is a record with other words: no key is there twice.
    const key = keyIn(value)
    const seen =
      key === null
        ? distinct && values.some((other) => JSON.stringify(other) === JSON.stringify(value))
        : values.some((other) => keyIn(other) === key)
    if (!seen || (tries >= count * 7 && (key === null || values.length < min))) values.push(value)
  }
  return values
}

function keyIn(value: Json): string | null {
  const key = isObject(value) ? ownValue(value, 'key') : undefined
  return typeof key === 'string' ? key : null
}

const unreadablePage = '[?]'

/** Whoever is asked for the pages of a file gives one entry for each; null where there is none, or where it may not. */
function fillPages(schema: JsonObject, scope: Scope): readonly Json[] | null {
  const texts = scope.subject.pages()
  const [min, max] = [numberIn(schema, 'minItems') ?? 1, numberIn(schema, 'maxItems') ?? Infinity]
  if (texts.length < min || texts.length > max) return null
  return texts.map((text, index) =>
    fill(schema['items'], {
      ...deeper(scope),
      name: 'page',
      page: { text: text === '' ? unreadablePage : text, number: index + 1 },
      subject: text === '' ? scope.subject : { ...scope.subject, ...readText(text) },
    }),
  )
}

function isPlainString(schema: JsonObject): boolean {
  return (
    !schema['enum'] && !schema['pattern'] && !schema['format'] && !schema['minLength'] && !('const' in schema)
  )
}

/** An option that the text names, else one by chance. */
function chooseEnum(options: readonly Json[], scope: Scope): Json {
  const text = scope.subject.sentences.join(' ').toLowerCase()
  const named = options.find(
    (option) => typeof option === 'string' && option !== '' && text.includes(option.toLowerCase()),
  )
  return named ?? pick(options, scope.subject.random) ?? null
}

function fillString(schema: JsonObject, scope: Scope): string {
  const { random } = scope.subject
  const { format, pattern } = schema
  if (typeof pattern === 'string') {
    const matched = matchPattern(pattern, random)
    if (matched !== null) return matched
  }
  if (typeof format === 'string') {
    const formatted = formatString(format, scope)
    if (formatted !== null) return formatted
  }
  const max = numberIn(schema, 'maxLength') ?? Infinity
  const min = numberIn(schema, 'minLength') ?? 0
  if (scope.page && /^(?:text|content|transcript|markdown)$/i.test(scope.name))
    return fitLength(scope.page.text, min, max)
  return fitLength(textFor(scope), min, max)
}

function fitLength(text: string, min: number, max: number): string {
  let fitted = text
  while (fitted.length < min) fitted = `${fitted} ${text === '' ? 'text' : text}`
  return fitted.length > max ? cutAtWord(fitted, max, min) : fitted
}

function formatString(format: string, scope: Scope): string | null {
  const { random } = scope.subject
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = `20${two(between(10, 26, random))}-${two(between(1, 12, random))}-${two(between(1, 28, random))}`
  const time = `${two(between(0, 23, random))}:${two(between(0, 59, random))}:00Z`
  const word = pick(scope.subject.topWords(5), random) ?? 'example'
  const host = `${word.normalize('NFKD').replaceAll(/[^a-z0-9]/g, '') || 'example'}.example`
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => between(0, 15, random).toString(16)).join('')
  const formats: Readonly<Record<string, string>> = {
    date,
    time,
    'date-time': `${date}T${time}`,
    duration: `PT${between(1, 59, random)}M`,
    email: `contact@${host}`,
    hostname: host,
    uri: `https://${host}/`,
    'uri-reference': `https://${host}/`,
    ipv4: `192.0.2.${between(1, 254, random)}`,
    ipv6: `2001:db8::${hex(4)}`,
    uuid: `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  }
  return ownValue(formats, format) ?? null
}

function fillNumber(schema: JsonObject, scope: Scope, whole: boolean): number {
  if (whole && scope.page && /^(?:n|number|page|page_?number)$/i.test(scope.name)) return scope.page.number
  const unit = /confidence|score|probability|likelihood|share|ratio/i.test(scope.name) && !whole
  const step = numberIn(schema, 'multipleOf') ?? (whole ? 1 : 0.01)
  const exclusiveMin = numberIn(schema, 'exclusiveMinimum')
  const exclusiveMax = numberIn(schema, 'exclusiveMaximum')
  const low = numberIn(schema, 'minimum') ?? (exclusiveMin === null ? 0 : exclusiveMin + step)
  const fallbackHigh = low <= (unit ? 1 : 100) ? (unit ? 1 : 100) : low + 100
  const high = numberIn(schema, 'maximum') ?? (exclusiveMax === null ? fallbackHigh : exclusiveMax - step)
  const first = Math.ceil(low / step)
  const last = Math.max(first, Math.floor(high / step))
  const steps = between(first, last, scope.subject.random)
  // Dividing by the whole inverse keeps 0.57 from becoming 0.5700000000000001.
  const inverse = Math.round(1 / step)
  return step < 1 && Math.abs(inverse * step - 1) < 1e-9 ? steps / inverse : steps * step
}

function numberIn(schema: JsonObject, key: string): number | null {
  const value = schema[key]
  return typeof value === 'number' ? value : null
}
