import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import containers from '../docs/deploy/offpeak.config.ts'
import { parseSettings } from '../src/config/settings.ts'
import { serve, withoutKeys } from './cli/child.ts'
import { call, temporaryFolder } from './cli/project.ts'
import { whyNotTyped } from './support/pages/typed-command.ts'

const folder = resolve(import.meta.dirname, '../docs/deploy')
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

const words = z.array(z.string())
const compose = z
  .object({
    services: z.record(
      z.string(),
      z.looseObject({ command: words.optional(), healthcheck: z.object({ test: words }).loose().optional() }),
    ),
  })
  // A `<<` takes the entries of an anchor.
  .parse(parse(read('compose.yaml'), { merge: true }))
const container = z.looseObject({
  args: words,
  livenessProbe: z
    .object({ httpGet: z.object({ path: z.string(), port: z.number() }) })
    .loose()
    .optional(),
  readinessProbe: z
    .object({ httpGet: z.object({ path: z.string(), port: z.number() }) })
    .loose()
    .optional(),
})
const containersOfPods = parseAllDocuments(read('kubernetes.yaml')).flatMap((document) => {
  const parsed = z
    .object({
      spec: z.object({ template: z.object({ spec: z.object({ containers: z.array(container) }) }) }),
    })
    .safeParse(document.toJS())
  return parsed.success ? parsed.data.spec.template.spec.containers : []
})

/** A list in the exec form of a Dockerfile. */
function listed(instruction: string): readonly string[] {
  const [, list = '[]'] = new RegExp(`^${instruction} (\\[.*\\])$`, 'm').exec(read('Dockerfile')) ?? []
  return words.parse(JSON.parse(list))
}

function typed(argv: readonly string[]): string {
  return ['offpeak', ...argv].join(' ')
}

const commands = [
  ['Dockerfile', typed(listed('CMD'))],
  ...Object.entries(compose.services).flatMap(([name, { command }]) =>
    command === undefined ? [] : [[`compose.yaml: ${name}`, typed(command)]],
  ),
  ...containersOfPods.map(({ args }) => ['kubernetes.yaml', typed(args)]),
  ...['offpeak-worker.service', 'offpeak-serve.service'].map((name) => [
    name,
    /^ExecStart=\/usr\/bin\/env node_modules\/\.bin\/(offpeak .+)$/m.exec(read(name))?.[1] ?? '',
  ]),
  ...[...read('crontab').matchAll(/node_modules\/\.bin\/(offpeak .+?) >>/g)].map(([, line = '']) => [
    'crontab',
    line,
  ]),
]

describe('the files for deploying', () => {
  test.each(commands)('%s has a command that can be typed: %s', async (_file, command) => {
    expect(command).toMatch(/^offpeak (?:worker|serve|run)\b/)
    expect(await whyNotTyped(command)).toBeNull()
  })

  test('have a command in every place', () => {
    expect(commands).toHaveLength(9)
    expect(listed('ENTRYPOINT')).toEqual(['node_modules/.bin/offpeak'])
  })

  test('take a Node that the package takes', () => {
    const { engines } = z
      .object({ engines: z.object({ node: z.string() }) })
      .parse(JSON.parse(readFileSync(resolve(folder, '../../package.json'), 'utf8')))
    const [, needed] = /^\^(\d+)\./.exec(engines.node) ?? []
    expect(read('Dockerfile')).toMatch(new RegExp(`^FROM node:${needed}-`, 'm'))
  })

  test('hold a configuration that is parsed, and variables that are read', () => {
    expect(parseSettings(containers, 'offpeak.config.ts').files).toBe('/data/files')
    const known = ['config/environment.ts', 'providers/openai/definition.ts']
      .map((file) => readFileSync(resolve(folder, '../../src', file), 'utf8'))
      .join()
    const named = new Set(
      ['compose.yaml', 'kubernetes.yaml', 'offpeak.config.ts'].flatMap(
        (name) => read(name).match(/\b(?:OFFPEAK|OPENAI|DATABASE)_[A-Z_]+\b/g) ?? [],
      ),
    )
    expect([...named].toSorted()).toEqual([
      'DATABASE_URL',
      'OFFPEAK_API_KEY',
      'OFFPEAK_STATE',
      'OPENAI_API_KEY',
    ])
    for (const name of named) expect(known).toContain(`'${name}'`)
  })

  test('start a server that their probes find ready', async () => {
    using project = temporaryFolder()
    await call(project.path, 'init')
    const { command = [], healthcheck } = compose.services['serve'] ?? {}
    await using server = await serve(project.path, [...command, '--port', '0', '--json'], {
      OFFPEAK_API_KEY: 'a-key-of-the-test-0123456789',
    })
    const { port } = new URL(z.url().parse(server.first['url']))
    const [, program = '', ...script] = healthcheck?.test ?? []
    expect(program).toBe('node')
    const probe = script.map((text) => text.replace('127.0.0.1:4100', `127.0.0.1:${port}`))
    await promisify(execFile)(process.execPath, probe, { env: withoutKeys() })
    const ofPod = Object.values(networkInterfaces()).flatMap((each) => each ?? [])[0]?.address ?? '127.0.0.1'
    const probes = containersOfPods.flatMap(({ livenessProbe, readinessProbe }) =>
      [livenessProbe, readinessProbe].flatMap((each) => (each === undefined ? [] : [each.httpGet])),
    )
    expect(probes.map(({ path }) => path)).toEqual(['/healthz', '/readyz'])
    for (const { path } of probes) expect(await statusOf(Number(port), path, ofPod)).toBe(200)
    expect(await statusOf(Number(port), '/readyz', 'elsewhere.example.com')).toBe(403)
  })
})

/** The status of an answer that is asked for under a name. */
function statusOf(port: number, path: string, host: string): Promise<number | undefined> {
  return new Promise((resolved, failed) => {
    const asked = request({ host: '127.0.0.1', port, path, headers: { host } }, (answer) => {
      answer.resume()
      resolved(answer.statusCode)
    })
    asked.on('error', failed)
    asked.end()
  })
}
