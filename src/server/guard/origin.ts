import { Refusal } from '../problem.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly header: (name: string) => string | undefined
}

const onlyLooks: readonly string[] = ['GET', 'HEAD']

/**
 * Refuses what pages of other origins ask for: every change, and every look at data. A program that is no browser
 * sends neither header.
 */
export function requireOwnOrigin({ method, path, header }: Asked): void {
  const site = header('sec-fetch-site')
  const origin = header('origin')
  const foreign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && hostOf(origin) !== header('host')?.toLowerCase())
  if (!foreign) return
  // A link on another page may lead to the dashboard, which holds no data by itself.
  if (onlyLooks.includes(method) && !/^\/(?:api|metrics)(?:\/|$)/.test(path)) return
  throw new Refusal('E_ORIGIN', 'pages of another origin are not answered', {
    where: origin ?? 'the Sec-Fetch-Site header',
    fix: 'ask from the dashboard itself, or from a program with a key',
  })
}

function hostOf(origin: string): string | null {
  return /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase())?.[1] ?? null
}
