import { readFileSync } from 'node:fs'
import nodeModule from 'node:module'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import { peerLoaders, type PeerModules } from './peer-loaders.ts'
import { type Peer, type PeerName, peers } from './peer-versions.ts'

/**
 * An optional package, loaded. Throws E_PEER_MISSING naming it and how to install it: it is not there, it cannot be
 * loaded on this machine, or its version is not one that works. `why` says what needs it.
 */
export async function importPeer<Name extends PeerName>(
  name: Name,
  why = 'it is needed here',
  load: () => Promise<PeerModules[Name]> = peerLoaders[name],
): Promise<PeerModules[Name]> {
  const problem = versionProblem(name, installedVersion(name))
  if (problem !== null) throw peerError(name, `${problem}: ${why}`)
  try {
    return await load()
  } catch (cause) {
    const said = messageOf(cause)
    const isMissing =
      said.includes(name) && /cannot find|not found|could not resolve|isn't declared/i.test(said)
    throw peerError(
      name,
      isMissing
        ? `the package ${name} is not installed, and ${why}`
        : `the package ${name} could not be loaded, and ${why}: ${said}`,
      cause,
    )
  }
}

/** The fault of an installed package's version; null: none, or nobody can tell. */
export function versionProblem(name: PeerName, version: string | null): string | null {
  const { least, below }: Peer = peers[name]
  if (version === null) return null
  if (compare(version, least) >= 0 && (below === undefined || compare(version, below) < 0)) return null
  const wanted = `${least} or newer${below === undefined ? '' : `, below ${below}`}`
  return `the package ${name} is installed as ${version}, and it has to be ${wanted}`
}

function peerError(name: PeerName, message: string, cause?: unknown): OffpeakError {
  return new OffpeakError('E_PEER_MISSING', message, {
    fix: `npm install ${peers[name].install}`,
    ...(cause === undefined ? {} : { cause }),
  })
}

/** The version that would be loaded; null where the runtime does not tell, as in a bundle. */
function installedVersion(name: PeerName): string | null {
  try {
    // Node has this since 22.14; other runtimes may not.
    const manifest = nodeModule.findPackageJSON?.(name, import.meta.url)
    const version: unknown =
      manifest === undefined
        ? null
        : Reflect.get(Object(JSON.parse(readFileSync(manifest, 'utf8'))), 'version')
    return typeof version === 'string' ? version : null
  } catch {
    return null
  }
}

/** By major, minor and patch; what comes after a dash does not count. */
function compare(one: string, other: string): number {
  const [ones, others] = [numbers(one), numbers(other)]
  for (const [at, part] of ones.entries()) {
    const difference = part - (others[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function numbers(version: string): readonly number[] {
  return version.split(/[-+]/, 1)[0]?.split('.').map(Number) ?? []
}
