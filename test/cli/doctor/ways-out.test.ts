import { createServer, request, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startEmulator } from '../../../src/emulator/index.ts'
import { type Authority, hasOpenssl, makeAuthority } from '../../support/certificates.ts'
import { startProxy } from '../../support/connect-proxy.ts'
import { runCli } from '../child.ts'
import { temporaryFolder, write } from '../project.ts'

const gateway = 'llm.gateway.invalid'
const openaiKey = 'sk-test-0123456789'

/** Passes calls on to the emulator and its answers back, as a gateway of a company. */
function passing(to: string, changed: Readonly<Record<string, string>> = {}): RequestListener {
  return (incoming, outgoing) => {
    const { method, headers, url } = incoming
    const onward = request(`${to}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...changed })
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  }
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const secured = (authority: Authority, to: string): Server =>
  createSecureServer(authority.sign([gateway, '127.0.0.1']), passing(to))

const job = (
  model: string,
): string => `import { azure, defineJob, jsonl, openai, openaiCompatible } from 'offpeak'
export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }),
  model: ${model},
  prompt: ({ row }) => String(row.text),
  maxTokens: 20,
  to: { jsonl: 'titles.jsonl' },
})
`
const config = (more: string): string => `import { defineConfig } from 'offpeak'
export default defineConfig({ timings: { pollEveryMs: 200 }, ${more} })
`

async function notes(dir: string, model = "openai('gpt-4o-mini')", more = ''): Promise<void> {
  await write(dir, {
    'jobs/notes.job.ts': job(model),
    'notes.jsonl': '{"id":"a","text":"one"}\n{"id":"b","text":"two"}\n',
    'offpeak.config.ts': config(more),
  })
}

describe.skipIf(!hasOpenssl)('a company', () => {
  test('whose only way out is a proxy, and which signs for everybody, has its run done to the end', async () => {
    using folder = temporaryFolder()
    using certificates = temporaryFolder()
    await using emulator = await startEmulator({ speed: 1_000 })
    const authority = makeAuthority(certificates.path)
    const server = secured(authority, emulator.url)
    const port = await portOf(server)
    await using proxy = await startProxy({ to: port })
    const env = {
      OPENAI_API_KEY: openaiKey,
      OPENAI_BASE_URL: `https://${gateway}/v1`,
      HTTPS_PROXY: proxy.url,
      NODE_EXTRA_CA_CERTS: authority.path,
    }
    await notes(folder.path)
    const run = await runCli(folder.path, ['run', 'notes', '--max-cost', '$1', '--yes'], env)
    expect(run.stderr).toContain('merged=2 failed=0')
    expect(run.exit).toBe(0)
    expect(new Set(proxy.asked.map(({ line }) => line))).toEqual(new Set([`CONNECT ${gateway}:443`]))
    const doctor = await runCli(folder.path, ['doctor', '--json'], env)
    expect(doctor.exit).toBe(0)
    const words = doctor.stdout
    expect(words).toContain(`${gateway} is called through the proxy ${proxy.url} (HTTPS_PROXY)`)
    expect(words).toContain('1 more than usual, from NODE_EXTRA_CA_CERTS=')
    server.close()
  })

  test('may name its certificate in a .env, where Node does not look; without it doctor says what is missing', async () => {
    using folder = temporaryFolder()
    await using emulator = await startEmulator({ speed: 1_000 })
    const authority = makeAuthority(folder.path)
    const server = secured(authority, emulator.url)
    const port = await portOf(server)
    const env = {
      OPENAI_API_KEY: openaiKey,
      OPENAI_BASE_URL: `https://127.0.0.1:${port}/v1`,
    }
    await notes(folder.path)
    const without = await runCli(folder.path, ['doctor', '--json'], env)
    expect(without.stdout).toMatch(/certificate of 127\.0\.0\.1:\d+ is not trusted .*NODE_EXTRA_CA_CERTS=/)
    await writeFile(join(folder.path, '.env'), 'NODE_EXTRA_CA_CERTS=authority.pem\n')
    const withIt = await runCli(folder.path, ['doctor', '--json'], env)
    expect(withIt.exit).toBe(0)
    expect(withIt.stdout).toContain('1 more than usual')
    await writeFile(join(folder.path, '.env'), 'NODE_EXTRA_CA_CERTS=nowhere.pem\n')
    const wrong = await runCli(folder.path, ['doctor', '--json'], env)
    expect(wrong.stdout).toContain('it cannot be read')
    expect(wrong.exit).not.toBe(0)
    server.close()
  })
})

test('headers of a gateway come from the environment by name, and doctor names them without their values', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1_000 })
  const more = "azure: { headers: { 'Ocp-Apim-Subscription-Key': { env: 'APIM_KEY' }, 'x-team': 'law' } }"
  await notes(folder.path, "azure('gpt-4o-mini-batch', { model: 'gpt-4o-mini' })", more)
  const env = {
    AZURE_OPENAI_ENDPOINT: `${emulator.url}/openai/deployments/d/chat/completions?api-version=2024-10-21`,
    AZURE_OPENAI_API_KEY: 'azure-key-0123456789',
  }
  const missing = await runCli(folder.path, ['run', 'notes', '--max-cost', '$1', '--yes'], env)
  expect(missing.exit).toBe(3)
  expect(missing.stderr).toContain('APIM_KEY is not set')
  const doctor = await runCli(folder.path, ['doctor'], { ...env, APIM_KEY: 'apim-secret-0123456789' })
  expect(doctor.exit).toBe(0)
  expect(doctor.stdout.replaceAll(/\s+/g, ' ')).toContain(
    'with Ocp-Apim-Subscription-Key from APIM_KEY (22 characters), x-team from the config',
  )
  expect(doctor.stdout + doctor.stderr).not.toContain('apim-secret')
})

test('a header that is none, or is not for others to set, is refused by its name', async () => {
  using folder = temporaryFolder()
  for (const header of ["'a b'", "'Content-Length'"]) {
    await notes(folder.path, undefined, `openai: { headers: { ${header}: 'x' } }`)
    const { exit, stderr } = await runCli(folder.path, ['plan', 'notes'], { OPENAI_API_KEY: openaiKey })
    expect(exit).toBe(2)
    expect(stderr).toContain(`openai.headers.${header.replaceAll("'", '')}`)
  }
})

test('plain http in a private network is refused with the setting that allows it', async () => {
  using folder = temporaryFolder()
  const env = {
    OPENAI_API_KEY: openaiKey,
    OPENAI_BASE_URL: 'http://litellm.invalid:4000/v1',
    LLM_KEY: 'key-0123456789',
  }
  const refused = async (): Promise<string> =>
    (await runCli(folder.path, ['run', 'notes', '--max-cost', '$1', '--yes'], env)).stderr.replaceAll(
      /\s+/g,
      ' ',
    )
  await notes(folder.path)
  expect(await refused()).toContain('openai: { insecureHttp: true }')
  await notes(
    folder.path,
    "openaiCompatible({ baseUrl: 'http://litellm.invalid:4000/v1', apiKeyEnv: 'LLM_KEY' })('m')",
  )
  expect(await refused()).toContain('openaiCompatible({ insecureHttp: true, … })')
  await notes(folder.path, undefined, 'openai: { insecureHttp: true }')
  const allowed = await runCli(folder.path, ['doctor'], env)
  expect(allowed.stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /litellm\.invalid:4000 is called directly; without encryption, as the config allows/,
  )
})

test('organisation and project are named by doctor, and a clock that is an hour off is told', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1_000 })
  await notes(folder.path)
  const env = {
    OPENAI_API_KEY: openaiKey,
    OPENAI_BASE_URL: emulator.openaiBaseUrl,
    OPENAI_ORG_ID: 'org-example',
    OPENAI_PROJECT_ID: 'proj_example',
  }
  const { stdout } = await runCli(folder.path, ['doctor'], env)
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /OPENAI_ORG_ID \(org-example\), OPENAI_PROJECT_ID \(proj_example\)/,
  )
  expect(stdout).toMatch(/clock +agrees with 127\.0\.0\.1/)
  const date = new Date(Date.now() + 5_400_000).toUTCString()
  const server = createServer(passing(emulator.url, { date }))
  const ahead = { ...env, OPENAI_BASE_URL: `http://127.0.0.1:${await portOf(server)}/v1` }
  const told = await runCli(folder.path, ['doctor'], ahead)
  expect(told.stdout).toMatch(/! +clock +1 h \d+ m behind 127\.0\.0\.1/)
  server.close()
})

test('a token callback that hangs once is given up in time, and the run ends as if nothing had been', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1_000 })
  const hanging = `token: async () => {
    calls += 1
    if (calls === 3) await new Promise((resolve) => setTimeout(resolve, 600_000))
    return 'entra-token'
  } }, timeouts: { tokenMs: 200 }`
  await notes(folder.path, "azure('gpt-4o-mini-batch', { model: 'gpt-4o-mini' })", `azure: { ${hanging}`)
  const path = join(folder.path, 'offpeak.config.ts')
  await writeFile(path, `let calls = 0\n${await readFile(path, 'utf8')}`)
  const { exit, stderr } = await runCli(folder.path, ['run', 'notes', '--max-cost', '$1', '--yes'], {
    AZURE_OPENAI_ENDPOINT: emulator.url,
  })
  expect(stderr).toContain('merged=2 failed=0')
  expect(exit).toBe(0)
})

test('a proxy is not used where the config says so, and one that cannot be spoken to is refused by its name', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1_000 })
  await using proxy = await startProxy('gone')
  const env = { OPENAI_API_KEY: openaiKey, OPENAI_BASE_URL: emulator.openaiBaseUrl, HTTP_PROXY: proxy.url }
  await notes(folder.path, undefined, 'proxy: { loopback: true }')
  const through = await runCli(folder.path, ['doctor'], env)
  expect(through.stdout).toContain('through the proxy')
  expect(proxy.asked.length).toBeGreaterThan(0)
  await notes(folder.path, undefined, 'proxy: false')
  expect((await runCli(folder.path, ['doctor'], env)).exit).toBe(0)
  await notes(folder.path)
  const socks = {
    ...env,
    OPENAI_BASE_URL: `https://${gateway}/v1`,
    HTTPS_PROXY: 'socks5://me:secret@proxy:1080',
  }
  const refused = await runCli(folder.path, ['run', 'notes', '--max-cost', '$1', '--yes'], socks)
  expect(refused.exit).toBe(2)
  expect(refused.stderr).toMatch(/speaks socks5[\s\S]*HTTPS_PROXY/)
  expect(refused.stderr).not.toContain('secret')
})
