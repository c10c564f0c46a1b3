import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { begin, carry } from '../engine/run-kit.ts'
import { type Door, doorsOf } from './doors.ts'
import { openServed, type ServedProject } from './server-kit.ts'

/** What every object answers to by its prototype, and what some tables of names have been fooled with. */
const inherited = [...Object.getOwnPropertyNames(Object.prototype), 'prototype', 'then', 'toJSON'] as const
/** A name of the same kind that nothing has. */
const stranger = 'nosuchname'

let emulated: ServedProject
let project: ServedProject
let run = ''

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

describe('a name that every object inherits', () => {
  test.for(inherited)('%s is an unknown name like any other at every door of the server', async (name) => {
    const known = { run, job: 'notes', key: '1', id: run, a: run, b: run }
    const usual = await doorsOf(project, stranger, known)
    for (const [at, door] of (await doorsOf(project, name, known)).entries()) {
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
