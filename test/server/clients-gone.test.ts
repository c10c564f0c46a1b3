import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { begin, carry } from '../engine/run-kit.ts'
import { openServed, type ServedProject } from './server-kit.ts'

let project: ServedProject
let run = ''
const answered: string[] = []

beforeAll(async () => {
  project = await openServed(
    { records: 40 },
    { answered: (method, route, status) => void answered.push(`${method} ${route} ${status}`) },
  )
  run = await begin(project)
  await carry(project, run)
})
afterAll(() => project[Symbol.asyncDispose]())

/** Sends a part of a request and is gone at once, or when the first bytes of the answer are there. */
async function leave(head: string, body: string, when: 'at once' | 'in the answer'): Promise<void> {
  const { hostname, port, host } = new URL(project.server.url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.write(`${head} HTTP/1.1\r\nhost: ${host}\r\nx-api-key: ${project.keys.admin}\r\n${body}`)
  if (when === 'in the answer') await once(socket, 'data')
  else await new Promise<void>((resolve) => void socket.write('', () => resolve()))
  socket.destroy()
  await once(socket, 'close')
}

test('a client that is gone before its request is whole is no bug, on any route', async () => {
  const json = 'content-type: application/json\r\n'
  const bodies = [
    '\r\n',
    `${json}content-length: 5000\r\n\r\n`,
    `${json}content-length: 5000\r\n\r\n{"a":"`,
    `${json}transfer-encoding: chunked\r\n\r\n5\r\n{"a":`,
  ]
  let asked = answered.length
  for (const { method, path } of project.server.routes)
    for (const body of bodies) {
      await leave(
        `${method.toUpperCase()} ${path.replaceAll('{run}', run).replaceAll(/\{\w+\}/g, 'notes')}`,
        body,
        'at once',
      )
      asked += 1
    }
  await expect.poll(() => answered.length, { timeout: 30_000 }).toBe(asked)
  expect(project.logged).toEqual([])
  expect(
    answered.some((each) => each.endsWith(' 499')),
    'such answers are counted apart',
  ).toBe(true)
})

test('a client that is gone in the middle of an answer is no bug, and holds no place any more', async () => {
  for (let round = 0; round < 12; round++) {
    await leave(`GET /api/v1/runs/${run}/results`, '\r\n', 'in the answer')
    await leave(`GET /api/v1/runs/${run}/events?after=0`, '\r\n', 'in the answer')
    await leave('GET /api/v1/events', '\r\n', 'in the answer')
  }
  const streams = async (): Promise<string | undefined> =>
    /^offpeak_open_streams (\d+)$/m.exec((await project.ask('GET', '/metrics')).text)?.[1]
  await expect.poll(streams).toBe('0')
  expect((await project.ask('GET', `/api/v1/runs/${run}/results`)).text.trimEnd().split('\n')).toHaveLength(
    40,
  )
  expect(project.logged).toEqual([])
})
