import { z } from 'zod'
import type { ServedProject } from './server-kit.ts'

const parameter = z.looseObject({ name: z.string(), in: z.string(), schema: z.unknown() })
const reference = z.looseObject({ $ref: z.string() })
const object = z.looseObject({ properties: z.record(z.string(), z.unknown()) })
const operation = z.looseObject({
  parameters: z.array(parameter).default([]),
  requestBody: z
    .looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) })
    .optional(),
})
const document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
})

export interface Door {
  readonly what: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

/**
 * Everything that takes a text of the caller's: each parameter of each route, and each field of each body, with
 * `name` in it and `known` elsewhere.
 */
export async function doorsOf(
  project: Pick<ServedProject, 'ask'>,
  name: string,
  known: Readonly<Record<string, string>>,
): Promise<readonly Door[]> {
  const { paths, components } = document.parse((await project.ask('GET', '/openapi.json')).json)
  const found: Door[] = []
  for (const [path, methods] of Object.entries(paths))
    for (const [method, { parameters, requestBody }] of Object.entries(methods)) {
      const inPath = parameters.filter((each) => each.in === 'path').map((each) => each.name)
      const inQuery = parameters.filter((each) => each.in === 'query').map((each) => each.name)
      const filled = (own: string | null): string =>
        inPath.reduce(
          (sum, each) =>
            sum.replace(`{${each}}`, encodeURIComponent(each === own ? name : (known[each] ?? '1'))),
          path,
        )
      const query = (own: string | null): string => {
        const given = inQuery.flatMap((each) =>
          each === own
            ? [`${each}=${encodeURIComponent(name)}`]
            : ['a', 'b'].includes(each)
              ? [`${each}=${known[each] ?? ''}`]
              : [],
        )
        return [...given, ...(own === '' ? [`${name}=value`] : [])].join('&')
      }
      const add = (what: string, own: string | null, ownQuery: string | null, body?: unknown): void => {
        const asked = query(ownQuery)
        const streams = path.endsWith('/events')
        found.push({
          what: `${method} ${path}: ${what}`,
          method: streams ? 'HEAD' : method.toUpperCase(),
          path: `${filled(own)}${asked === '' ? '' : `?${asked}`}`,
          ...(body === undefined ? {} : { body }),
        })
      }
      for (const each of inPath) add(`{${each}}`, each, null)
      for (const each of inQuery) add(`?${each}=`, null, each)
      add('?name=', null, '')
      const schema = requestBody?.content['application/json']?.schema
      if (schema === undefined) continue
      const target = reference.safeParse(schema).data?.$ref.split('/').at(-1)
      const { properties } = object
        .catch({ properties: {} })
        .parse(target === undefined ? schema : components.schemas[target])
      const own = JSON.parse(`{"${name}":"value"}`) as unknown
      add('a field of the body', null, null, own)
      for (const each of Object.keys(properties)) {
        add(`body.${each}`, null, null, { [each]: name })
        add(`body.${each}.name`, null, null, { [each]: own })
        add(`body.${each}[]`, null, null, { [each]: [name] })
      }
    }
  return found
}
