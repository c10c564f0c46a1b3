import { isIP } from 'node:net'

/** The part of a request's way that proxies tell of in its headers. */
export interface Hop {
  /** From the client to the last proxy but one; null: a hop that is not told as an address. */
  readonly addresses: readonly (string | null)[]
  readonly scheme: 'http' | 'https' | null
  readonly host: string | null
}

type Header = (name: string) => string | undefined

const silent: Hop = { addresses: [], scheme: null, host: null }
/** More hops than this are not looked at. */
const maxHops = 50

/**
 * The hops in `X-Forwarded-*` or in `Forwarded` (RFC 7239). A proxy writes one of them and passes the other on as its
 * client sent it: where both are there and do not say the same, neither is believed.
 */
export function hopsIn(header: Header): Hop {
  const usual = usualHops(header)
  const standard = standardHops(header('forwarded'))
  if (standard === null || usual === null) return usual ?? standard ?? silent
  return sameEnd(usual, standard) ? usual : silent
}

function usualHops(header: Header): Hop | null {
  const chain = header('x-forwarded-for')
  const scheme = lastOf(header('x-forwarded-proto'))
  const host = lastOf(header('x-forwarded-host'))
  if (chain === undefined && scheme === null && host === null) return null
  return {
    addresses: chain === undefined ? [] : chain.split(',').slice(-maxHops).map(addressIn),
    scheme: schemeIn(scheme),
    host: host?.toLowerCase() ?? null,
  }
}

function standardHops(text: string | undefined): Hop | null {
  if (text === undefined) return null
  const elements = splitOutside(text, ',').slice(-maxHops).map(pairsIn)
  const last = elements.at(-1)
  return {
    addresses: elements.map((pairs) => addressIn(pairs.get('for') ?? '')),
    scheme: schemeIn(last?.get('proto') ?? null),
    host: last?.get('host')?.toLowerCase() ?? null,
  }
}

function sameEnd(one: Hop, other: Hop): boolean {
  return (
    one.addresses.at(-1) === other.addresses.at(-1) && one.scheme === other.scheme && one.host === other.host
  )
}

/** `for=1.2.3.4;proto=https;host="a.example:443"`. */
function pairsIn(element: string): ReadonlyMap<string, string> {
  const pairs = splitOutside(element, ';').map((pair) => {
    const at = pair.indexOf('=')
    const value = pair.slice(at + 1).trim()
    const bare = /^"(.*)"$/s.exec(value)?.[1]?.replaceAll(/\\(.)/gs, '$1') ?? value
    return [pair.slice(0, Math.max(0, at)).trim().toLowerCase(), bare] as const
  })
  return new Map(pairs)
}

/** Splits where the mark stands outside of quotes. */
function splitOutside(text: string, mark: string): readonly string[] {
  const parts: string[] = []
  let [from, quoted] = [0, false]
  for (let at = 0; at < text.length; at++) {
    if (quoted && text[at] === '\\') at++
    else if (text[at] === '"') quoted = !quoted
    else if (!quoted && text[at] === mark) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  return [...parts, text.slice(from)]
}

/** The address in `1.2.3.4`, `1.2.3.4:80`, `2001:db8::1` or `[2001:db8::1]:80`; null for `unknown` and anything else. */
function addressIn(text: string): string | null {
  const trimmed = text.trim()
  const inner = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(trimmed)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(trimmed)?.[1]
  const address = inner ?? trimmed
  return isIP(address) > 0 ? address : null
}

function schemeIn(text: string | null): Hop['scheme'] {
  const scheme = text?.toLowerCase()
  return scheme === 'http' || scheme === 'https' ? scheme : null
}

/** What the nearest proxy has written, or passed on. */
function lastOf(text: string | undefined): string | null {
  const last = text?.split(',').at(-1)?.trim()
  return last === undefined || last === '' ? null : last
}
