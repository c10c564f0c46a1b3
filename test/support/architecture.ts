import { dirname, join } from 'node:path/posix'

/** Source files by their path from the root of the project, with `/`. */
export type Sources = ReadonlyMap<string, string>

/** The floors of the house. A file imports from its own floor's room and from floors below, never upwards. */
const floors: readonly { readonly floor: number; readonly rooms: readonly string[] }[] = [
  { floor: 0, rooms: ['src/domain/'] },
  { floor: 1, rooms: ['src/ports/', 'src/wording/'] },
  { floor: 2, rooms: ['src/planning/'] },
  { floor: 3, rooms: ['src/engine/'] },
  { floor: 4, rooms: ['src/providers/', 'src/connectors/', 'src/stores/', 'src/drivers/'] },
  { floor: 5, rooms: ['src/config/'] },
  { floor: 6, rooms: ['src/compose/'] },
  { floor: 7, rooms: ['src/offpeak.ts'] },
  { floor: 8, rooms: ['src/server/'] },
  { floor: 9, rooms: ['src/index.ts', 'src/postgres.ts', 'src/provider.ts', 'src/testing/'] },
  { floor: 10, rooms: ['src/cli/'] },
]

/**
 * The rooms of the engine in the order in which a run goes through them, below them what they share. A file imports
 * from its own room, from files that lie in no room, and from rows that stand before its own.
 */
const engine = 'src/engine/'
const engineRows: readonly (readonly string[])[] = [
  ['files'],
  ['job'],
  ['step'],
  ['answers'],
  ['plan', 'build'],
  ['trial'],
  ['submission', 'realtime', 'merge', 'queries'],
  ['review', 'cleanup', 'imports'],
  ['advance'],
  ['control'],
]

/** It shares nothing with the client, so that a wrong limit on one side is caught by the other. */
const island = 'src/emulator/'
const islandDoor = 'src/emulator/index.ts'
/** On the island, what every service has stands below the services, and no service knows another. */
const islandCore = 'src/emulator/core/'
const islandDialects = 'src/emulator/dialects/'
/** What several services sell alike: how the models of one maker are asked and answer. */
const islandFamilies = 'src/emulator/families/'
const mayLandOnIsland: readonly string[] = [
  'src/compose/',
  'src/cli/commands/serving/emulator.ts',
  'src/index.ts',
]

/** The web page: a program of its own, which knows of the server what its contract says. */
const dashboard = 'dashboard/'
const contract = 'src/server/contract/'
/** What it says the same as the command line, in the same words. */
const wording = 'src/wording/'

interface Place {
  readonly floor: number
  readonly room: string
}

function placeOf(path: string): Place | null {
  for (const { floor, rooms } of floors) {
    const room = rooms.find((room) => (room.endsWith('/') ? path.startsWith(room) : path === room))
    if (room !== undefined) return { floor, room }
  }
  return null
}

/** Every import that goes the wrong way, and every file without a floor, by name. */
export function floorProblems(sources: Sources): readonly string[] {
  const problems: string[] = []
  for (const [path, text] of sources) {
    if (path.startsWith(dashboard)) problems.push(...dashboardProblems(path, text))
    if (!path.startsWith('src/') || path.endsWith('.test.ts')) continue
    if (!path.startsWith(island) && placeOf(path) === null) problems.push(`${path} is on no floor`)
    for (const specifier of importsOf(text)) {
      if (specifier === 'offpeak' || specifier.startsWith('offpeak/'))
        problems.push(`${path} → ${specifier}: the house does not import itself by name`)
      if (!specifier.startsWith('.')) continue
      const target = join(dirname(path), specifier)
      const reason = wrongWay(path, target)
      if (reason !== null) problems.push(`${path} → ${target}: ${reason}`)
    }
  }
  return problems
}

function dashboardProblems(path: string, text: string): readonly string[] {
  const atRunTime = importsOf(text.replaceAll(/\bimport type [^;'"]*?from '[^']*'/g, ''))
  return importsOf(text).flatMap((specifier) => {
    const target = join(dirname(path), specifier)
    if (!specifier.startsWith('.') || target.startsWith(dashboard) || target.startsWith(wording)) return []
    if (!target.startsWith(contract))
      return [`${path} → ${target}: the dashboard sees ${contract} and ${wording} alone`]
    return atRunTime.includes(specifier)
      ? [`${path} → ${target}: the dashboard imports the contract as types only`]
      : []
  })
}

function wrongWay(path: string, target: string): string | null {
  if (target.startsWith(dashboard)) return 'nobody imports the dashboard'
  if (path.startsWith(island)) return onIsland(path, target)
  if (target.startsWith(island)) {
    if (target !== islandDoor) return `the door of the emulator is ${islandDoor}`
    return mayLandOnIsland.some((allowed) => path.startsWith(allowed))
      ? null
      : 'nobody else goes to the emulator'
  }
  const [from, to] = [placeOf(path), placeOf(target)]
  if (!from || !to) return 'it is on no floor'
  if (to.floor > from.floor) return `floor ${from.floor} does not import from floor ${to.floor}`
  if (to.floor === from.floor && to.room !== from.room)
    return `${from.room} and ${to.room} do not know each other`
  return path.startsWith(engine) && target.startsWith(engine) ? wrongWayInEngine(path, target) : null
}

function wrongWayInEngine(path: string, target: string): string | null {
  const [from, to] = [path, target].map((file) => /^src\/engine\/(?:([^/]+)\/)?/.exec(file)?.[1] ?? null)
  if (to === null || from === to) return null
  const rowOf = (room: string | null | undefined): number =>
    engineRows.findIndex((row) => row.includes(room ?? ''))
  if (from !== null && rowOf(from) < 0) return `${engine}${from}/ has no place in the order of the engine`
  if (rowOf(to) < 0) return `${engine}${to}/ has no place in the order of the engine`
  return rowOf(to) < rowOf(from)
    ? null
    : `${from ?? 'a file in no room'} does not import from ${to}, which comes no earlier`
}

function onIsland(path: string, target: string): string | null {
  if (!target.startsWith(island)) return 'the emulator is an island'
  if (target.startsWith(islandCore)) return null
  if (path.startsWith(islandCore)) return 'the core of the emulator knows no dialect'
  if (path.startsWith(islandFamilies))
    return target.startsWith(islandFamilies) ? null : 'a family of models knows no dialect'
  if (!path.startsWith(islandDialects) || target.startsWith(islandFamilies)) return null
  const [, own = ''] = path.slice(islandDialects.length - 1).split('/')
  return target.startsWith(`${islandDialects}${own}/`)
    ? null
    : `${islandDialects}${own}/ knows the core, the families and itself`
}

const maxLines = 400
const pure: readonly string[] = ['src/domain/', 'src/planning/', 'src/engine/']
const vagueNames = /(?:^|\/)(?:utils?|helpers?|types|misc|common)(?:\.ts|\/)/

/** What else the house does not have: long files, default exports, vague names, hidden inputs. */
export function houseProblems(sources: Sources): readonly string[] {
  const problems: string[] = []
  for (const [path, text] of sources) {
    const code = withoutWords(text)
    const lines = text.split('\n').length - 1
    const found = (what: string, pattern: RegExp, where: boolean = true): void => {
      const at = where ? code.search(pattern) : -1
      if (at >= 0) problems.push(`${path}:${code.slice(0, at).split('\n').length} ${what}`)
    }
    const test = path.startsWith('test/') || /\.test\.tsx?$/.test(path)
    const source = path.startsWith('src/') && !test
    if (lines > maxLines) problems.push(`${path} has ${lines} lines, more than ${maxLines}`)
    if (vagueNames.test(path)) problems.push(`${path} is named after nothing`)
    found('exports a default', /\bexport\s+default\b/, !/\.(?:config|job)\.ts$/.test(path))
    found('says any', /(?:[:<|&,(]|\bas)\s*any\b(?!\s*[:?(])|\bany\[\]/)
    found(
      'reads process.env outside of src/config',
      /\bprocess\s*\.\s*env\b|\benv\b[^\n]*\bfrom 'node:process'/,
      source && !path.startsWith('src/config/'),
    )
    found(
      'asks the machine for time or chance',
      /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\.now\b|\brandom(?:Bytes|UUID|Int)\b/,
      source && pure.some((room) => path.startsWith(room)),
    )
    if (path.startsWith('src/domain/') && !test) {
      for (const specifier of importsOf(text))
        if (specifier.startsWith('node:')) problems.push(`${path} → ${specifier}: the domain does no I/O`)
    }
  }
  return problems
}

/** Whose names are nobody's business where a service is asked by what its definition says: its data is read instead. */
const serviceNames =
  /\b(?:open_?ai|azure|anthropic|claude|gemini|google|mistral|bedrock|amazon|aws|xai|grok|groq|together(?=\()|deep_?infra|ollama|vllm)(?:\b|(?=[A-Z_(]))/i
const nameless: readonly string[] = [
  'src/domain/',
  'src/engine/',
  'src/planning/',
  'src/wording/',
  'src/cli/screen/',
  'src/compose/rehears',
]
/** They name optional packages, as package managers know them. */
const packageFiles: readonly string[] = ['src/engine/peer-versions.ts', 'src/engine/peer-loaders.ts']

/** Where the flow, the plans or the screens know a service by its name, in code or in texts; comments may cite one. */
export function serviceProblems(sources: Sources): readonly string[] {
  const problems: string[] = []
  for (const [path, text] of sources) {
    if (path.includes('.test.') || packageFiles.includes(path)) continue
    if (!nameless.some((room) => path.startsWith(room))) continue
    const code = withoutWords(text, /^['"`]/)
    const [found] = serviceNames.exec(code) ?? []
    if (found === undefined) continue
    problems.push(`${path}:${code.slice(0, code.search(serviceNames)).split('\n').length} names ${found}`)
  }
  return problems
}

/** The files that import each other in a circle, also dynamically and for types only, each circle in one line. */
export function circleProblems(sources: Sources): readonly string[] {
  const reached = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const circles: string[] = []
  const visit = (path: string): number => {
    const known = lowest.get(path)
    if (known !== undefined) return open.includes(path) ? known : Infinity
    const at = reached.size
    reached.set(path, at)
    lowest.set(path, at)
    open.push(path)
    for (const specifier of importsOf(sources.get(path) ?? '')) {
      const target = join(dirname(path), specifier)
      if (!specifier.startsWith('.') || !sources.has(target)) continue
      lowest.set(path, Math.min(lowest.get(path) ?? at, visit(target)))
    }
    const low = lowest.get(path) ?? at
    if (low < at) return low
    const circle = open.splice(open.indexOf(path))
    if (circle.length > 1) circles.push(circle.toSorted().join(' ↔ '))
    return Infinity
  }
  for (const path of sources.keys()) visit(path)
  return circles
}

/** What a file imports, also dynamically and for types only. */
export function importsOf(text: string): readonly string[] {
  const code = withoutWords(text, /^['"]/)
  const patterns = [
    /\b(?:import|export)\b[^'";]*?\bfrom\s*(['"])(.+?)\1/g,
    /\bimport\s*\(\s*(['"])(.+?)\1/g,
    /\bimport\s*(['"])(.+?)\1/g,
  ]
  return [
    ...new Set(patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[2] ?? ''))),
  ]
}

/** The code with comments and texts blanked, but for texts that are kept; line ends stay, so that positions still tell the line. */
function withoutWords(text: string, kept: RegExp | null = null): string {
  const word = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g
  return text.replace(word, (found) => (kept?.test(found) ? found : found.replaceAll(/[^\n]/g, ' ')))
}
