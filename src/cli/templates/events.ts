const count = 40
const dayMs = 86_400_000

const authorities = ['Harbour Consumer Office', 'Northern Markets Authority', 'Isles Safety Board'] as const

interface Subject {
  readonly thing: string
  readonly trouble: string
  readonly remedy: string
}

const subjects: readonly Subject[] = [
  {
    thing: 'folding pushchairs',
    trouble: 'the hinge of the frame can close on a finger',
    remedy: 'lock the frame open and ask the importer for a cover',
  },
  {
    thing: 'smoked trout',
    trouble: 'listeria was found in two of five samples',
    remedy: 'return the fish, also when it smells fresh',
  },
  {
    thing: 'scooter batteries ⚠️',
    trouble: 'cells overheat while charging',
    remedy: 'charge outdoors and have the pack exchanged',
  },
  {
    thing: '飲料水の井戸 (drinking water wells)',
    trouble: 'nitrate rose above the limit after the autumn rain',
    remedy: 'use bottled water for infants until the next sample',
  },
]
const duties = [
  'A provider keeps a register that names each lot, its origin and its buyers for five years.',
  'Samples are taken against a receipt, and tested where nobody has a stake in the result.',
  'Whoever sells them under another name compares the lots with the list of this office.',
  'A second laboratory came to the same result, and the samples are kept for a year.',
  'Comments said that the period is too short; it stays, because the risk does.',
] as const

/** Made-up announcements of authorities, always the same ones, as JSON lines; every tenth is long enough for chunks. */
export function events(): string {
  return Array.from({ length: count }, (_, index) => `${JSON.stringify(eventAt(index))}\n`).join('')
}

function eventAt(index: number): { readonly id: string; readonly authority: string; readonly text: string } {
  const { thing, trouble, remedy } = subjects[index % subjects.length] ?? {
    thing: '',
    trouble: '',
    remedy: '',
  }
  const day = new Date(Date.UTC(2026, 0, 5) + index * 3 * dayMs).toISOString().slice(0, 10)
  const lot = `L${100 + index * 7}`
  const notice = `On ${day} an inspection of ${thing}, lot ${lot}, showed that ${trouble}. What to do: ${remedy}.`
  const rules = Array.from(
    { length: index % 10 === 9 ? 120 : index % 3 },
    (_, at) => `${at + 1}. For lot ${lot} of ${thing}: ${duties[(index + at) % duties.length]}`,
  )
  return {
    id: `event-${String(index + 1).padStart(3, '0')}`,
    authority: authorities[index % authorities.length] ?? authorities[0],
    text: [notice, ...rules].join('\n\n'),
  }
}
