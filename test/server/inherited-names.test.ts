import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { begin, carry } from '../engine/run-kit.ts'
import { openServed, send, type ServedProject } from './server-kit.ts'

/** What every object answers to by its prototype, and what some tables of names have been fooled with. */
const inherited = [...Object.getOwnPropertyNames(Object.prototype), 'prototype', 'then', 'toJSON'] as const
/** A name of the same kind that nothing has. */
const stranger = 'nosuchname'

let emulated: ServedProject
let project: ServedProject
let run = ''

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

beforeAll(async () => {
  emulated = await openServed()
  project = await openServed(
    {
      job: `params: z.object({ court: z.string().optional() }),`,
      settings: { api: { compat: { job: 'notes', by: ['id'] } } },
    },
    { emulatorControl: { url: emulated.emulator.url } },
  )
  run = await begin(project)
  await carry(project, run)
})
afterAll(async () => {
  await project[Symbol.asyncDispose]()
  await emulated[Symbol.asyncDispose]()
})

interface Door {
  readonly what: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

/** Everything that takes a text of the caller's: each parameter of each route, and each field of each body. */
async function doors(name: string): Promise<readonly Door[]> {
  const { paths, components } = document.parse((await project.ask('GET', '/openapi.json')).json)
  const known: Readonly<Record<string, string>> = { run, job: 'notes', key: '1', id: run, a: run, b: run }
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
          each === own ? [`${each}=${name}`] : ['a', 'b'].includes(each) ? [`${each}=${run}`] : [],
        )
        return [...given, ...(own === '' ? [`${name}=${stranger}`] : [])].join('&')
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
      const own = JSON.parse(`{"${name}":"${stranger}"}`) as unknown
      add('a field of the body', null, null, own)
      for (const each of Object.keys(properties)) {
        add(`body.${each}`, null, null, { [each]: name })
        add(`body.${each}.name`, null, null, { [each]: own })
        add(`body.${each}[]`, null, null, { [each]: [name] })
      }
    }
  return found
}

describe('a name that every object inherits', () => {
  test.for(inherited)('%s is an unknown name like any other at every door of the server', async (name) => {
    const usual = await doors(stranger)
    for (const [at, door] of (await doors(name)).entries()) {
      const other = usual[at]
      if (!other) throw new Error('the doors are the same')
      const plain = async ({ method, path, body }: Door): Promise<string> => {
        const { status, text } = await project.ask(
          method,
          path,
          body === undefined ? {} : { body: JSON.stringify(body) },
        )
        return `${status} ${text.replaceAll(/"planId":"[^"]+"/g, '"planId":"…"')}`
      }
      const [strange, ordinary] = [await plain(door), await plain(other)]
      expect.soft(strange.replaceAll(name, stranger), `${door.what} with ${name}`).toBe(ordinary)
    }
  })
})
