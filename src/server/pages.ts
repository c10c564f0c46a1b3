import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The pages of the dashboard, which hold no data. */
export interface Pages {
  /** The file at a path, or the page that shows what lies there; null: there is nothing to show. */
  readonly answer: (method: string, path: string, accept: string | undefined) => Response | null
}

export const noPages: Pages = { answer: () => null }

const media: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** Where the build puts them, for the sources and for the package alike. */
const builtAt = fileURLToPath(new URL('../../dist/dashboard/', import.meta.url))
const assets = '/assets/'
const index = '/index.html'
const notPages = /^\/(?:api|webhooks|metrics|products|healthz|readyz|openapi\.json)(?:\/|$)/

interface Page {
  readonly body: Uint8Array<ArrayBuffer>
  readonly headers: Readonly<Record<string, string>>
}

/**
 * The dashboard's files, read once. Only what lies in its directory now is ever served: no path is made from what is
 * asked.
 */
export async function readPages(directory: string = builtAt): Promise<Pages> {
  const pages = new Map<string, Page>()
  for (const path of await filesIn(directory)) {
    const type = media[extname(path)]
    if (type === undefined) continue
    pages.set(path, {
      body: new Uint8Array(await readFile(join(directory, path))),
      headers: {
        'content-type': type,
        // The names of assets change with what they hold.
        'cache-control': path.startsWith(assets)
          ? 'public, max-age=31536000, immutable'
          : path === index
            ? 'no-store'
            : 'public, max-age=3600',
      },
    })
  }
  const first = pages.get(index) ?? notBuilt
  return {
    answer(method, path, accept) {
      if (method !== 'GET' && method !== 'HEAD') return null
      const page =
        path === '/' || path === index
          ? first
          : (pages.get(path) ??
            (!notPages.test(path) && accept?.includes('text/html') === true ? first : null))
      return page === null ? null : new Response(page.body, { headers: page.headers })
    },
  }
}

const notBuilt: Page = {
  body: new TextEncoder().encode(
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Offpeak</title><p>The dashboard is not built: <code>npm run build</code> does it. The API is at /api/v1, described by <a href="/openapi.json">/openapi.json</a>.</p></html>\n',
  ),
  headers: { 'content-type': 'text/html; charset=utf-8' },
}

async function filesIn(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        `/${join(entry.parentPath, entry.name).slice(directory.length).replaceAll('\\', '/')}`.replace(
          '//',
          '/',
        ),
      )
  } catch {
    return []
  }
}
