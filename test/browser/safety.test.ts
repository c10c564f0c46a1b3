import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { write } from '../cli/project.ts'
import { openNotes, type ServedProject } from './served-project.ts'
import { inBrowser, useBrowser } from './watched-browser.ts'

/** What a model, or whoever filled the rows, may say to harm the person who reads it. */
const hostile: readonly string[] = [
  `<script>window.hurt = 'script'</script><ScRiPt src="/assets/none.js"></sCrIpT>`,
  `"><img src=x onerror="window.hurt = 'image'"><svg onload="window.hurt = 'svg'"></svg>`,
  `<iframe srcdoc="<script>parent.hurt = 1</script>"></iframe><object data="javascript:window.hurt=1"></object>`,
  `[press](javascript:window.hurt=1) <a href="javascript:window.hurt=1">press</a> <base href="http://127.0.0.1:9/">`,
  `\u001b]8;;http://127.0.0.1:9/\u0007link\u001b]8;;\u0007 \u001b[2J\u001b[31mred\u001b[0m \u009b31m`,
  `\u202eexe.txt\u202c \u2066isolated \u200fright\u200b zero \u{1f468}\u200d\u{1f469}`,
  'W'.repeat(200_000),
  `{{constructor.constructor('window.hurt=1')()}} \${window.hurt=1} <style>*{display:none}</style>`,
  `</textarea></script></title><meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/">`,
  `__proto__ constructor toString \n\n\n`,
]

/** The keys of records: as hostile as the rest, within what a key may be. */
const keys = hostile.map((text, at) => `${at}${text.slice(0, 60)}`)
/** The record of which the provider itself says bad things. */
const refused = `refused<img src=x onerror="window.hurt=1">`

inBrowser('what comes from outside', () => {
  const browser = useBrowser()
  let project: ServedProject
  let model: { readonly url: string } & AsyncDisposable
  let [first, second] = ['', '']
  beforeAll(async () => {
    model = await openModel()
    project = await openNotes({ files: (dir) => hostileProject(dir, model.url) })
    first = await project.start({ deliveryMode: 'realtime' })
    await project.until(first, 'done')
    second = await project.start({ deliveryMode: 'realtime', redo: true })
    await project.until(second, 'done')
  })
  afterAll(async () => {
    await project[Symbol.asyncDispose]()
    await model[Symbol.asyncDispose]()
  })

  test('is text on every page: nothing of it runs, is made an element, or breaks the layout', async () => {
    const page = await browser.visit(project.link)
    const records = [...keys, refused].map((key) => `/runs/${first}/rows/${encodeURIComponent(key)}`)
    for (const address of [
      '/',
      '/jobs/notes',
      `/runs/${first}`,
      `/runs/${first}/rows`,
      ...records,
      `/runs/${first}/errors`,
      `/runs/${first}/batches`,
      `/runs/${first}/review?source=sample`,
      `/runs/${first}/review?source=failed`,
      `/runs/${first}/prompt?against=${second}`,
      `/runs/${first}/events`,
      ...keys.slice(4, 8).map((key) => `/compare?a=${first}&b=${second}&key=${encodeURIComponent(key)}`),
    ]) {
      await page.goto(`${project.url}${address}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.getByText('Reading', { exact: true }).first().waitFor({ state: 'detached' })
      expect(await page.evaluate(lookForHarm), address.slice(0, 120)).toEqual({
        hurt: false,
        made: [],
        hidden: [],
        wider: 0,
      })
    }
  }, 180_000)

  test('is shown, so that a person sees what was said', async () => {
    const page = await browser.visit(project.link)
    await page.goto(`${project.url}/runs/${first}/rows/${encodeURIComponent(keys[0] ?? '')}`)
    await page.getByText(`<script>window.hurt = 'script'</script>`).first().waitFor()
    await page.goto(`${project.url}/runs/${first}/rows/${encodeURIComponent(keys[5] ?? '')}`)
    await page.getByText('U+202E').first().waitFor()
    await page.goto(`${project.url}/runs/${first}/errors`)
    await page.getByText(`<b onmouseover=`).first().waitFor()
  })

  test('another page on this machine reads nothing and changes nothing, although its calls carry the cookie', async () => {
    // It opens the door, so that the browser has the cookie.
    const own = await browser.visit(project.link)
    await own.getByRole('heading', { name: 'Runs', level: 1 }).waitFor()
    await using other = await openStranger(project.url, first)
    const page = await browser.context().newPage()
    const answers: number[] = []
    const carried: string[] = []
    page.on('response', (response) => {
      if (response.url().startsWith(`${project.url}/api/`)) answers.push(response.status())
    })
    page.on('request', (request) => {
      if (!request.url().startsWith(`${project.url}/api/`)) return
      void request.allHeaders().then(({ cookie }) => cookie !== undefined && carried.push(request.method()))
    })
    await page.goto(other.url)
    await page.waitForFunction('window.tried !== undefined')
    expect(await page.evaluate('window.tried')).toEqual({
      read: 'refused',
      readSilently: 'nothing',
      pause: 'nothing',
      preflight: 'refused',
      stream: 'refused',
      script: 'refused',
      image: 'refused',
      socket: 'refused',
      frame: 'nothing',
      form: 'sent',
    })
    expect(new Set(answers), 'what is answered at all is a refusal').toEqual(new Set([403]))
    expect(carried, 'a page of the same machine is of the same site').toContain('POST')
    expect(page.frames().map((frame) => frame.url())).toContain('chrome-error://chromewebdata/')
    const { items } = z
      .object({ items: z.array(z.object({ run: z.string(), state: z.string() })) })
      .parse(await project.ask('GET', '/runs'))
    expect(items, 'nothing was started').toHaveLength(2)
    expect(items.every(({ state }) => state === 'done')).toBe(true)
    // A window that it opens is not within its reach.
    const opened = page.waitForEvent('popup')
    await page.evaluate(`window.popup = window.open('${project.url}/'); undefined`)
    await (await opened).getByRole('heading', { level: 1 }).waitFor()
    expect(await page.evaluate('window.popup.closed')).toBe(true)
  })
})

const lookForHarm = `(() => {
  const made = [...document.querySelectorAll(
    'img, iframe, object, embed, base, style, meta[http-equiv=refresh], body script, [onerror], [onload], [onclick], [onmouseover], a[href^="javascript" i], [srcdoc]',
  )].map((element) => element.outerHTML.slice(0, 200))
  const hidden = document.body.innerText.match(/[\\u0000-\\u0008\\u001b\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069\\u200b\\u200f]/g) ?? []
  const { scrollWidth } = document.documentElement
  return { hurt: 'hurt' in window, made, hidden, wider: Math.max(0, scrollWidth - innerWidth) }
})()`

/** A job over hostile rows, asked of the given model. */
async function hostileProject(dir: string, baseUrl: string): Promise<void> {
  const rows = [...keys, refused].map((id, at) =>
    JSON.stringify({ id, text: `Note ${at}: ${hostile[at] ?? 'refuse'}` }),
  )
  await write(dir, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ emulator: false, realtime: { requestsPerMinute: 60_000, tokensPerMinute: 1e9 } })\n",
    '.env': 'OFFPEAK_BROWSER_TEST_KEY=any-key\n',
    'notes.jsonl': `${rows.join('\n')}\n`,
    'jobs/notes.job.ts': `import { defineJob, jsonl, openaiCompatible } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.string(), text: z.string() }) }),
  model: openaiCompatible({ baseUrl: '${baseUrl}', apiKeyEnv: 'OFFPEAK_BROWSER_TEST_KEY' })('gpt-4o-mini'),
  maxTokens: 100,
  prompt: ({ row }) => row.text,
  output: z.object({ summary: z.string(), parts: z.array(z.string()) }),
  to: { jsonl: 'out.jsonl', line: ({ output }) => ({ ...output }) },
})
`,
  })
}

/** A service that answers each question with what harms, and some of them a little otherwise each time. */
async function openModel(): Promise<{ readonly url: string } & AsyncDisposable> {
  let asked = 0
  return listening(
    createServer((incoming, outgoing) => {
      const pieces: Buffer[] = []
      incoming.on('data', (piece: Buffer) => pieces.push(piece))
      incoming.on('end', () => {
        asked += 1
        const body = Buffer.concat(pieces).toString()
        const at = Number(/Note (\d+):/.exec(body)?.[1] ?? 0)
        const said = hostile[at]
        if (said === undefined) {
          const message = `<b onmouseover="window.hurt=1">no</b><script>window.hurt=1</script> \u202e\u001b[31m ${'x'.repeat(5_000)}`
          outgoing.writeHead(400, { 'content-type': 'application/json' })
          outgoing.end(
            JSON.stringify({
              error: { message, code: '<img src=x onerror=hurt=1>', type: 'x', param: null },
            }),
          )
          return
        }
        const content = JSON.stringify({
          summary: `${said} ${asked}`,
          parts: [said.slice(0, 200), said],
        })
        outgoing.writeHead(200, { 'content-type': 'application/json' })
        outgoing.end(
          JSON.stringify({
            id: `chatcmpl-${asked}`,
            object: 'chat.completion',
            created: 1,
            model: 'gpt-4o-mini<script>window.hurt=1</script>',
            choices: [
              {
                index: 0,
                message: { role: 'assistant', content, refusal: null },
                finish_reason: 'stop',
                logprobs: null,
              },
            ],
            usage: { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 },
          }),
        )
      })
    }),
  )
}

/** A page of somebody else on this machine, which tries what pages can. */
function openStranger(victim: string, run: string): Promise<{ readonly url: string } & AsyncDisposable> {
  const page = `<!doctype html><title>stranger</title>
<iframe name="hole"></iframe><iframe id="frame" src="${victim}/"></iframe>
<form method="post" target="hole" action="${victim}/api/v1/jobs/notes/runs" enctype="text/plain">
<input name='{"maxCost":"$5","redo":true,"x":"' value='"}'></form>
<script type="module">
const api = '${victim}/api/v1'
const asked = (init, path) => fetch(api + path, { credentials: 'include', ...init })
  .then(async (answer) => ((await answer.text()) === '' ? 'nothing' : 'something'), () => 'refused')
const loaded = (name, give) => new Promise((done) => {
  const element = document.createElement(name)
  element.onload = () => done('loaded')
  element.onerror = () => done('refused')
  give(element)
  document.body.append(element)
})
const tried = {
  read: await asked({}, '/runs'),
  readSilently: await asked({ mode: 'no-cors' }, '/runs').then((said) => said === 'refused' ? 'nothing' : said),
  pause: await asked({ mode: 'no-cors', method: 'POST', body: '{}' }, '/runs/${run}/pause').then((said) => said === 'refused' ? 'nothing' : said),
  preflight: await asked({ method: 'POST', body: '{"maxCost":"$5","redo":true}', headers: { 'content-type': 'application/json' } }, '/jobs/notes/runs'),
  stream: await new Promise((done) => {
    const source = new EventSource(api + '/events', { withCredentials: true })
    source.onmessage = source.onopen = () => done('told')
    source.onerror = () => { source.close(); done('refused') }
  }),
  script: await loaded('script', (element) => { element.src = api + '/runs' }),
  image: await loaded('img', (element) => { element.src = api + '/runs' }),
  socket: await new Promise((done) => {
    const socket = new WebSocket('${victim.replace('http', 'ws')}/api/v1/events')
    socket.onopen = () => done('told')
    socket.onerror = () => done('refused')
  }),
  frame: (() => { try { return document.getElementById('frame').contentDocument.body.innerHTML === '' ? 'nothing' : 'seen' } catch { return 'nothing' } })(),
}
document.forms[0].submit()
await new Promise((done) => { document.getElementsByName('hole')[0].onload = done; setTimeout(done, 3000) })
window.tried = { ...tried, form: 'sent' }
</script>`
  return listening(
    createServer((_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'text/html' })
      outgoing.end(page)
    }),
  )
}

async function listening(server: Server): Promise<{ readonly url: string } & AsyncDisposable> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = z.object({ port: z.number() }).parse(server.address())
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
