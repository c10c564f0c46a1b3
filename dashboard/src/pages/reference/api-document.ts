import { isPart, listOf, type Part, partOf, textOf } from './json-parts.ts'

/** One route, as a person reads it. */
export interface Operation {
  /** For links to it: `post-jobs-job-runs`. */
  readonly id: string
  readonly method: string
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly description: string | null
  /** Null: everybody is answered. */
  readonly scope: string | null
  /** It takes an Idempotency-Key. */
  readonly spends: boolean
  readonly parameters: readonly Parameter[]
  readonly body: Content | null
  readonly answers: readonly Answer[]
}

export interface Parameter {
  readonly name: string
  /** `path`, `query` or `header`. */
  readonly place: string
  readonly required: boolean
  readonly schema: Part
}

interface Content {
  readonly media: string
  readonly schema: Part
}

export interface Answer {
  readonly status: string
  readonly words: string
  readonly content: Content | null
}

/** A code of a refusal. */
export interface ProblemCode {
  readonly code: string
  readonly status: number
  readonly who: string
  readonly exit: number
}

export interface ApiDocument {
  readonly title: string
  readonly version: string
  readonly description: string | null
  /** In the order of the document. */
  readonly operations: readonly Operation[]
  readonly schemas: Part
  readonly problems: readonly ProblemCode[]
}

const repeatHeader = 'idempotency-key'
const methods = ['get', 'post', 'put', 'patch', 'delete']

/** Reads what is understood of an OpenAPI document; what is not is left out. */
export function readDocument(document: unknown): ApiDocument {
  const root = isPart(document) ? document : {}
  const info = partOf(root, 'info')
  return {
    title: textOf(info, 'title') ?? 'API',
    version: textOf(info, 'version') ?? '',
    description: textOf(info, 'description'),
    operations: Object.entries(partOf(root, 'paths')).flatMap(([path, item]) =>
      isPart(item)
        ? methods.flatMap((method) => {
            const operation = item[method]
            return isPart(operation) ? [readOperation(method, path, operation)] : []
          })
        : [],
    ),
    schemas: partOf(partOf(root, 'components'), 'schemas'),
    problems: listOf(root, 'x-problems').filter(isProblemCode),
  }
}

function readOperation(method: string, path: string, operation: Part): Operation {
  const parameters = listOf(operation, 'parameters').filter(isPart).map(readParameter)
  const [tag] = listOf(operation, 'tags')
  return {
    id: idOf(method, path),
    method: method.toUpperCase(),
    path,
    tag: typeof tag === 'string' ? tag : 'Other',
    summary: textOf(operation, 'summary') ?? '',
    description: textOf(operation, 'description'),
    scope: textOf(operation, 'x-scope'),
    spends: parameters.some(({ name, place }) => place === 'header' && name.toLowerCase() === repeatHeader),
    parameters,
    body: readContent(partOf(operation, 'requestBody')),
    answers: Object.entries(partOf(operation, 'responses')).flatMap(([status, answer]) =>
      isPart(answer)
        ? [{ status, words: textOf(answer, 'description') ?? '', content: readContent(answer) }]
        : [],
    ),
  }
}

function readParameter(parameter: Part): Parameter {
  const schema = partOf(parameter, 'schema')
  const description = textOf(parameter, 'description')
  return {
    name: textOf(parameter, 'name') ?? '',
    place: textOf(parameter, 'in') ?? '',
    required: parameter['required'] === true,
    schema: description === null ? schema : { ...schema, description },
  }
}

function readContent(part: Part): Content | null {
  for (const [media, { schema }] of Object.entries(partOf(part, 'content')).filter(
    (entry): entry is [string, Part] => isPart(entry[1]),
  ))
    return { media, schema: isPart(schema) ? schema : {} }
  return null
}

function isProblemCode(value: unknown): value is ProblemCode {
  return (
    isPart(value) &&
    typeof value['code'] === 'string' &&
    typeof value['status'] === 'number' &&
    typeof value['who'] === 'string' &&
    typeof value['exit'] === 'number'
  )
}

function idOf(method: string, path: string): string {
  const words = path.replace(/^\/api\/v\d+/, '').match(/\w+/g) ?? []
  return [method, ...words].join('-')
}

/** Whether a route has all the words that are looked for. */
export function matches({ method, path, tag, summary, scope }: Operation, wanted: string): boolean {
  const text = `${method} ${path} ${tag} ${summary} ${scope ?? 'open'}`.toLowerCase()
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
