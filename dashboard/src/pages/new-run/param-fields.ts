import { exactNumber, parseExactJson } from '../../format/exact-json.ts'

/** A parameter of a job as a person is asked for it. */
export interface ParamField {
  readonly name: string
  readonly kind: 'text' | 'number' | 'flag' | 'choice' | 'json'
  readonly choices: readonly string[]
  readonly required: boolean
  readonly hint: string
  /** What holds when nothing is given. */
  readonly usual: string | null
}

/** Reads the fields of a form from the JSON Schema of a job's parameters; none when the job takes none. */
export function paramFields(schema: Readonly<Record<string, unknown>> | null): readonly ParamField[] {
  const properties = isObject(schema?.['properties']) ? schema['properties'] : {}
  const required = Array.isArray(schema?.['required']) ? schema['required'] : []
  return Object.entries(properties).map(([name, property]) => {
    const given = isObject(property) ? plainest(property) : {}
    const choices = Array.isArray(given['enum'])
      ? given['enum'].filter((choice) => typeof choice === 'string')
      : []
    const usual = given['default']
    return {
      name,
      kind: kindOf(given, choices),
      choices,
      required: required.includes(name) && usual === undefined,
      hint: hintOf(given),
      usual: usual === undefined ? null : typeof usual === 'string' ? usual : JSON.stringify(usual),
    }
  })
}

/** The values of a form as parameters; a text that fits no field says why. */
export function readParams(
  fields: readonly ParamField[],
  texts: Readonly<Record<string, string>>,
): { readonly params: Readonly<Record<string, unknown>>; readonly wrong: Readonly<Record<string, string>> } {
  const params = new Map<string, unknown>()
  const wrong = new Map<string, string>()
  for (const { name, kind, required } of fields) {
    const text = textIn(texts, name).trim()
    if (text === '') {
      if (required) wrong.set(name, 'This is needed')
    } else if (kind === 'number') {
      if (Number.isFinite(Number(text))) params.set(name, exactNumber(text))
      else wrong.set(name, 'A number is needed')
    } else if (kind === 'flag') params.set(name, text === 'true')
    else if (kind === 'json') {
      const value = parsed(text)
      if (value === undefined) wrong.set(name, 'This reads as JSON: "text", 12, [1, 2], {"a": 1}')
      else params.set(name, value)
    } else params.set(name, text)
  }
  return { params: Object.fromEntries(params), wrong: Object.fromEntries(wrong) }
}

/** The text under the name of a field; '' when there is none: a job may call a parameter `constructor`. */
export function textIn(texts: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(texts, name) ? (texts[name] ?? '') : ''
}

/** An optional or nullable schema is asked for as what it is when it is given. */
function plainest(property: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  for (const list of [property['anyOf'], property['oneOf']]) {
    if (!Array.isArray(list)) continue
    const others = list.filter((one) => isObject(one) && one['type'] !== 'null')
    const [only] = others
    if (others.length === 1 && isObject(only)) return { ...property, ...only }
  }
  return property
}

function kindOf(given: Readonly<Record<string, unknown>>, choices: readonly string[]): ParamField['kind'] {
  if (choices.length > 0) return 'choice'
  switch (given['type']) {
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'flag'
    case 'string':
      return 'text'
    default:
      return 'json'
  }
}

function hintOf(given: Readonly<Record<string, unknown>>): string {
  const { description, minimum, exclusiveMinimum, maximum } = given
  const bounds = [
    typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? `from ${minimum}` : '',
    typeof exclusiveMinimum === 'number' ? `more than ${exclusiveMinimum}` : '',
    typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? `to ${maximum}` : '',
  ].filter((bound) => bound !== '')
  return [typeof description === 'string' ? description : '', bounds.join(' ')]
    .filter((part) => part !== '')
    .join('; ')
}

function parsed(text: string): unknown {
  try {
    return parseExactJson(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
