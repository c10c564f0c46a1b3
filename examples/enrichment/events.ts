import { type Subject, subjects } from './subjects.ts'

/** An announcement of an authority, as a feed would give it. All of them are made up. */
export interface Announcement {
  readonly authority: string
  readonly kind: string
  readonly lang: 'en' | 'ja' | 'zh' | 'de'
  readonly title: string
  readonly body: string
  readonly url: string
  /** `2025-07-01T09:00:00.000Z` */
  readonly publishedAt: string
}

type Random = () => number
type List<T = string> = readonly [T, ...T[]]

interface Context {
  readonly random: Random
  readonly subject: Subject
  readonly trouble: string
  readonly firm: string
  readonly place: string
  readonly lot: string
  readonly day: string
}

interface Authority {
  readonly name: string
  readonly lang: Announcement['lang']
  readonly site: string
}

const authorities: List<Authority> = [
  { name: 'Harbour Consumer Office', lang: 'en', site: 'consumer.harbour.example' },
  { name: 'Northern Markets Authority', lang: 'en', site: 'nma.example' },
  { name: 'Isles Safety Board', lang: 'en', site: 'safety.isles.example' },
  { name: 'Republic Food and Water Agency', lang: 'en', site: 'rfwa.example' },
  { name: '西海消費者庁', lang: 'ja', site: 'saikai.example' },
  { name: '临江市场监管局', lang: 'zh', site: 'linjiang.example' },
  { name: 'Landesamt für Verbraucherschutz Nordfeld', lang: 'de', site: 'nordfeld.example' },
]
const kinds: List = ['warning', 'recall', 'decision', 'fine', 'consultation', 'guideline']
const firms: List = [
  'Brightwater & Daughters',
  'Kestrel Trading',
  'Low Tide Cooperative',
  'Ando Works',
  'Müller & Söhne',
  'Lantern Street Holdings',
  'Three Rivers Supply',
  'Øster Import',
]
const places: List = ['Marlow Quay', 'Upper Fenwick', 'Tarn Valley', 'Port Selby', 'the eastern districts']
const sentences: List = [
  'The authority looked at {n} cases from {place} and spoke with {firm} on two occasions.',
  'An inspection on {day} confirmed that {trouble}.',
  'Lot {lot} accounts for most of the {thing} concerned; {n} units were sold before sales ended.',
  '{firm} disputes the finding and points to tests of its own, which the authority has asked to see.',
  'No injury has been reported so far; {n} complaints about {thing} were received within a month.',
  'Dealers of {thing} in {place} were told by letter and had ten working days to answer.',
  'A second laboratory came to the same result, and the samples are kept for a year.',
  'The costs of the procedure, {n} thousand in all, are borne by {firm}.',
  'Whoever sells {thing} under another name is asked to compare lot {lot} with the list.',
  'The finding does not concern {thing} made after {day}.',
]
const duties: List = [
  'A provider of {thing} shall keep a register that names each lot, its origin and its buyers for five years.',
  'Where {trouble}, the provider shall tell the authority within {n} hours, and its customers without delay.',
  'Tests shall be done by a laboratory that has no stake in {firm} or in any other provider.',
  'Records may be kept in any form from which lot {lot} or any other can be found within one working day.',
  'The authority may visit premises in {place} during working hours and take samples against a receipt.',
  'Small providers with fewer than {n} customers may report once a quarter instead of once a month.',
  'A provider that has ended its business hands its register of {thing} to the authority.',
  'Comments said that the period is too short; the authority keeps it, because {trouble}.',
]

const secondMs = 1_000
const firstDay = Date.UTC(2025, 5, 1)

/** The announcement of an index: always the same one, on every machine. One in eleven is a long paper. */
export function announcement(index: number): Announcement {
  const random = randomFrom(index * 2_654_435_761 + 97)
  const authority = pick(random, authorities)
  const subject = pick(random, subjects)
  const publishedAt = new Date(firstDay + Math.floor(index * 5_400 + random() * 3_600) * secondMs)
  const context: Context = {
    random,
    subject,
    trouble: pick(random, subject.trouble),
    firm: pick(random, firms),
    place: pick(random, places),
    lot: `${String.fromCharCode(65 + Math.floor(random() * 26))}${1_000 + index}`,
    day: new Date(publishedAt.getTime() - 86_400_000 * (2 + Math.floor(random() * 40)))
      .toISOString()
      .slice(0, 10),
  }
  const isLong = index % 11 === 7
  const kind = isLong ? 'guideline' : pick(random, kinds)
  const written = isLong ? paper(context) : notices[authority.lang](context, kind)
  return {
    authority: authority.name,
    kind,
    lang: isLong ? 'en' : authority.lang,
    ...written,
    url: `https://${authority.site}/${publishedAt.getUTCFullYear()}/${kind}-${context.lot.toLowerCase()}`,
    publishedAt: publishedAt.toISOString(),
  }
}

interface Written {
  readonly title: string
  readonly body: string
}

const notices: Readonly<Record<Announcement['lang'], (context: Context, kind: string) => Written>> = {
  en(context, kind) {
    const { random, subject, trouble, firm, lot } = context
    const heading = `${kind[0]?.toUpperCase()}${kind.slice(1)}: ${subject.thing} of ${firm}, lot ${lot}`
    const details = Array.from({ length: 3 + Math.floor(random() * 8) }, () =>
      filled(context, pick(random, sentences)),
    )
    const lead = random() < 0.3 ? `${subject.icon} ⚠️ ` : ''
    return {
      title: heading,
      body: `${lead}The authority has found that ${trouble}. This concerns ${subject.thing} of ${firm}.\n\n${details.join(' ')}\n\nWhat to do: ${subject.remedy}.`,
    }
  },
  ja({ subject, firm, lot, day, random }) {
    const [thing, trouble] = subject.ja
    return {
      title: `${thing}に関する注意喚起（${firm}、ロット${lot}）`,
      body: `${subject.icon} 当庁は、${firm}が販売した${thing}について、${trouble}を確認しました。対象はロット${lot}です。\n\n${day}の立入検査では${count(random)}件の事例が確認されました。対象製品をお持ちの方は直ちに使用を中止し、販売店にご連絡ください。再検査の結果は一か月以内に公表します。`,
    }
  },
  zh({ subject, firm, lot, day, random }) {
    const [thing, trouble] = subject.zh
    return {
      title: `关于${firm}${thing}（批次${lot}）的通告`,
      body: `${subject.icon} 经查，${firm}销售的${thing}存在以下问题：${trouble}。涉及批次为${lot}。\n\n我局于${day}进行现场检查，共收到${count(random)}起投诉。请消费者立即停止使用，并与销售商联系退换。复检结果将于一个月内公布。`,
    }
  },
  de({ subject, firm, lot, day, random }, kind) {
    const [thing, trouble] = subject.de
    return {
      title: `${kind === 'recall' ? 'Rückruf' : 'Mitteilung'}: ${thing} von ${firm}, Charge ${lot}`,
      body: `Das Landesamt hat festgestellt, dass bei ${thing} von ${firm} ${trouble}. Betroffen ist die Charge ${lot}.\n\nBei einer Prüfung am ${day} wurden ${count(random)} Fälle bestätigt. Verbraucher sollen die Ware nicht weiter verwenden und sich an den Händler wenden. Das Ergebnis einer zweiten Prüfung wird innerhalb eines Monats veröffentlicht.`,
    }
  },
}

/** A guideline of some 2,000 to 7,000 tokens. */
function paper(context: Context): Written {
  const { random, subject, lot } = context
  const sections = Array.from({ length: 12 + Math.floor(random() * 34) }, (_, index) => {
    const rules = Array.from(
      { length: 5 },
      (_, at) => `${index + 1}.${at + 1} ${filled(context, pick(random, at % 2 === 0 ? duties : sentences))}`,
    )
    return `${index + 1}. ${pick(random, ['Scope', 'Registers', 'Tests', 'Duties', 'Reports', 'Visits', 'Costs'])}\n\n${rules.join('\n')}`
  })
  return {
    title: `Guideline ${lot} on ${subject.thing}`,
    body: `This guideline says what is expected of those who provide ${subject.thing}.\n\n${sections.join('\n\n')}`,
  }
}

function filled(context: Context, sentence: string): string {
  const { random, subject, trouble, firm, place, lot, day } = context
  const words: Readonly<Record<string, string>> = { thing: subject.thing, trouble, firm, place, lot, day }
  return sentence.replaceAll(/\{(\w+)\}/g, (_, name: string) => words[name] ?? String(count(random)))
}

function count(random: Random): number {
  return 2 + Math.floor(random() * 940)
}

function pick<T>(random: Random, list: List<T>): T {
  return list[Math.floor(random() * list.length)] ?? list[0]
}

/** A fast generator of numbers in [0, 1) from a seed (mulberry32). */
function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
