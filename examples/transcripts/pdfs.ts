import { makePdf } from './pdf.ts'

type List = readonly [string, ...string[]]

/** What papers of one language say; `{slots}` are filled in for each sentence. */
interface Papers {
  readonly language: string
  readonly titles: List
  readonly head: string
  readonly sentences: List
  readonly people: List
  readonly places: List
  readonly goods: List
}

const english: Papers = {
  language: 'English',
  titles: [
    'Minutes of the Harbour Board',
    'Log of the Pilot Station',
    'Letter to the Keeper of the Light',
    'Report on the State of the Quays',
  ],
  head: 'Register {register}, kept in English. {place}, {date}.',
  sentences: [
    'The {goods} that came in with the morning tide were weighed twice and found short by {count} pounds.',
    '{person} asked that the lamp at the end of the mole be lit an hour before dusk from now on.',
    'It was agreed to pay {count} shillings for the mending of the crane at {place}.',
    'The wind went round to the north-east about noon and {count} boats stayed at their moorings.',
    '{person} laid a drawing of the new steps on the table, and it was handed round.',
    'No complaint was made about the {goods}, though some had been opened on the way.',
    'A pilot was sent out at first light and brought the vessel in over the bar with {count} inches to spare.',
    'The ferry to {place} did not run for {count} days, and the post lay in the customs shed.',
    '{person} is to write to the owners and to ask who will answer for the damage to the steps.',
    'The books were compared with the {goods} in store and agreed to within {count} pieces.',
    'Of the men who were to be paid on Friday, {count} had not been told where to sign.',
    'The dredger worked on the west side until {date} and was then laid up for want of coal.',
  ],
  people: ['Mr. Alder', 'Captain Rowe', 'Mrs. Finch', 'the harbour master', 'Mr. Oakes'],
  places: ['Northmouth', 'Saltby', 'Old Quay', 'Gull Island'],
  goods: ['bales of hemp', 'barrels of cod', 'oak planks', 'casks of lamp oil', 'sheets of tin'],
}

const german: Papers = {
  language: 'German',
  titles: ['Niederschrift des Hafenamts', 'Tagebuch der Lotsenstation', 'Brief an den Leuchtturmwärter'],
  head: 'Band {register}, geführt auf Deutsch (German). {place}, {date}.',
  sentences: [
    'Die {goods} wurden am Morgen gewogen, und es fehlten {count} Pfund.',
    '{person} bittet darum, die Laterne auf der Mole eine Stunde früher anzuzünden.',
    'Für die Ausbesserung des Krans in {place} werden {count} Taler bewilligt.',
    'Gegen Mittag drehte der Wind auf Nordost, und {count} Boote blieben im Hafen.',
    '{person} legte eine Zeichnung der neuen Treppe vor; sie wurde herumgereicht.',
    'Die Fähre nach {place} fuhr {count} Tage nicht, und die Post blieb im Zollhaus liegen.',
    'Die Bücher wurden mit dem Lager verglichen; bei den {goods} fehlte nichts.',
  ],
  people: ['Herr Petersen', 'Kapitän Voss', 'Frau Lüders', 'der Hafenmeister'],
  places: ['Nordermünde', 'Salzhafen', 'Alte Brücke'],
  goods: ['Eichenbohlen', 'Heringe', 'Seile', 'Ölfässer'],
}

const french: Papers = {
  language: 'French',
  titles: ['Procès-verbal du bureau du port', 'Journal de la station des pilotes'],
  head: 'Registre {register}, tenu en français (French). {place}, {date}.',
  sentences: [
    'Les {goods} arrivés par la marée du matin ont été pesés deux fois; il manquait {count} livres.',
    '{person} demande que la lampe du môle soit allumée une heure plus tôt.',
    'Une somme de {count} francs est accordée pour réparer la grue de {place}.',
    'Vers midi le vent est passé au nord-est, et {count} bateaux sont restés à quai.',
    'Le bac de {place} n’a pas circulé pendant {count} jours.',
    '{person} a posé sur la table un dessin du nouvel escalier.',
  ],
  people: ['M. Kerbrat', 'le capitaine Salaün', 'Mme Le Goff'],
  places: ['Port-Nord', 'l’île aux Mouettes', 'Vieux-Quai'],
  goods: ['tonneaux d’huile', 'sacs de sel', 'cordages'],
}

const longPages = 60
const linesPerPage = 34
const lineCharacters = 76

/** Whether the nth document is one of the long ones. */
function isLong(index: number): boolean {
  return index % 25 === 3
}

/** The nth document of an invented archive: always the same for the same number and size. */
export function archivePdf(
  index: number,
  bytes: number,
): { readonly name: string; readonly pdf: Buffer; readonly pageCount: number } {
  const random = randomFrom(index + 1)
  const papers = index % 7 === 5 ? german : index % 11 === 7 ? french : english
  const register = 1 + (index % 48)
  const fill = (sentence: string): string =>
    sentence.replaceAll(/\{(\w+)\}/g, (_, slot: string) => {
      switch (slot) {
        case 'person':
          return pick(random, papers.people)
        case 'place':
          return pick(random, papers.places)
        case 'goods':
          return pick(random, papers.goods)
        case 'register':
          return String(register)
        case 'date':
          return `${1 + Math.floor(random() * 28)}.${1 + Math.floor(random() * 12)}.${1861 + (index % 40)}`
        default:
          return String(2 + Math.floor(random() * 60))
      }
    })
  let next = Math.floor(random() * papers.sentences.length)
  /** One sentence after the other, so that none returns before the others were used. */
  const say = (): string => capitalised(fill(papers.sentences[next++ % papers.sentences.length] ?? ''))
  const title = pick(random, papers.titles)
  const pageCount = isLong(index) ? longPages : 1 + Math.floor(random() ** 2 * 6)
  const pages = Array.from({ length: pageCount }, (_, page) => {
    const lines = [page === 0 ? title.toUpperCase() : `${title}, sheet ${page + 1}`, '']
    if (page === 0) lines.push(fill(papers.head), '')
    const wanted = Math.floor(linesPerPage * (0.35 + 0.65 * random()))
    while (lines.length < wanted) {
      const sentences = 2 + Math.floor(random() * 3)
      lines.push(...wrapped(Array.from({ length: sentences }, say).join(' ')), '')
    }
    return lines.slice(0, linesPerPage)
  })
  const name = `DOC_${String(24_930 + index).padStart(10, '0')}.pdf`
  return { name, pdf: makePdf({ pages, bytes, seed: index }), pageCount }
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > lineCharacters) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

function pick(random: () => number, list: List): string {
  return list[Math.floor(random() * list.length)] ?? list[0]
}

function randomFrom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
