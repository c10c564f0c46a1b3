/** Made-up musical instruments, always the same ones for the same numbers. Brands are invented. */
export interface MadeProduct {
  readonly sku: string
  readonly name: string
  readonly slug: string
  readonly brand: string
  readonly category: string
  readonly description: string
  readonly msrp_price: number
  readonly url_source: string
  readonly image_uri: string
  readonly specs: Readonly<Record<string, string>>
}

type List = readonly [string, ...string[]]

interface Kind {
  readonly category: string
  readonly noun: List
  readonly price: readonly [number, number]
  /** One for each noun. */
  readonly opening: List
  readonly sentences: List
  readonly specs: Readonly<Record<string, List>>
}

const brands: List = [
  'Halden',
  'Corvina',
  'Northlight',
  'Ashgrove',
  'Veltri',
  'Marlowe & Finch',
  'Tonhaus',
  'Ribera',
]
const series: List = [
  'Strata',
  'Meridian',
  'Heron',
  'Foundry',
  'Vesper',
  'Atelier',
  'Kestrel',
  'Linden',
  'Passage',
]

export const kinds: readonly [Kind, ...Kind[]] = [
  {
    category: 'Electric Guitars',
    noun: ['Electric Guitar', 'Semi-Hollow Guitar', 'Baritone Guitar'],
    price: [249, 1899],
    opening: [
      'A solid-body guitar for players who go from clean chords to a saturated lead within one song.',
      'A semi-hollow guitar whose open midrange sits well in a band with two guitars.',
      'A baritone guitar that reaches down to a low A and keeps its chords clear.',
    ],
    sentences: [
      'The volume knob cleans up the tone without taking the treble away.',
      'The neck joint is cut back so that the highest frets are reached without shifting the thumb.',
      'Stainless frets keep their shape for years of daily bending.',
      'The bridge returns to pitch after wide bends, as long as the nut is greased now and then.',
    ],
    specs: {
      Body: ['alder', 'mahogany', 'maple with a spruce core'],
      Neck: ['roasted maple', 'mahogany, set in'],
      'Scale length': ['628 mm', '648 mm'],
      Pickups: ['two humbuckers', 'three single coils', 'humbucker and two single coils'],
    },
  },
  {
    category: 'Acoustic Guitars',
    noun: ['Dreadnought', 'Parlour Guitar', 'Concert Guitar'],
    price: [179, 2400],
    opening: [
      'A dreadnought that carries a campfire without a microphone and a stage with one.',
      'A parlour guitar with a dry, quick voice that suits fingerstyle and small rooms.',
      'A concert guitar with an even response, as happy with a pick as with bare fingers.',
    ],
    sentences: [
      'The top is a single piece of solid spruce, braced lightly behind the bridge.',
      'The bridge is glued and not screwed, so that the top can move freely.',
      'The satin finish on the neck does not stick on a hot evening.',
      'It comes set up with light strings and an action of two millimetres at the twelfth fret.',
    ],
    specs: {
      Top: ['solid spruce', 'solid cedar'],
      'Back and sides': ['rosewood', 'sapele', 'walnut'],
      'Scale length': ['632 mm', '650 mm'],
      Electronics: ['none', 'undersaddle pickup with tuner'],
    },
  },
  {
    category: 'Basses',
    noun: ['Bass Guitar', 'Five-String Bass', 'Short-Scale Bass'],
    price: [299, 2100],
    opening: [
      'A bass with a firm low end and a bright edge, at home in a rehearsal room and in a studio.',
      'A bass that stays clear below low E, for players who share the low end with a synthesiser.',
      'A short-scale bass with a round tone that records well without an amplifier.',
    ],
    sentences: [
      'The active preamp can be switched off when the battery is empty.',
      'Graphite rods keep the neck straight from a heated rehearsal room to a cold van.',
      'The lower cutaway leaves room for the whole hand above the twentieth fret.',
      'Its weight is well under four kilograms, which shoulders notice after the second set.',
    ],
    specs: {
      Body: ['ash', 'alder', 'mahogany'],
      Strings: ['4', '5'],
      'Scale length': ['762 mm', '864 mm'],
      Preamp: ['passive', 'active, three bands'],
    },
  },
  {
    category: 'Digital Pianos',
    noun: ['Stage Piano', 'Digital Piano', 'Portable Piano'],
    price: [449, 3200],
    opening: [
      'A stage piano that one person carries with one hand and that still has weighted keys.',
      'A digital piano for a living room, with the keys of a grand and a volume control.',
      'A portable piano for lessons on the move that fits across the back seat of a car.',
    ],
    sentences: [
      'The keys are heavier on the left and lighter on the right, as in a concert grand.',
      'Strings resonate with one another when the pedal is held, which makes slow chords bloom.',
      'Two pairs of headphones can be used at once, so that lessons do not wake the house.',
      'An audio interface over USB records without a further box.',
    ],
    specs: {
      Keys: ['88, weighted and graded', '73, weighted'],
      Polyphony: ['128 voices', '256 voices'],
      Weight: ['11.8 kg', '17 kg', '42 kg'],
      Connections: ['USB, MIDI, two outputs', 'USB, Bluetooth, line output'],
    },
  },
  {
    category: 'Drums',
    noun: ['Drum Kit', 'Snare Drum', 'Electronic Drum Kit'],
    price: [129, 2800],
    opening: [
      'A drum kit for small stages that packs into three bags and still fills a room.',
      'A snare drum with a dry attack that cuts through loud guitars without ringing on.',
      'An electronic kit with mesh heads that is quiet enough for a flat with thin walls.',
    ],
    sentences: [
      'It answers to soft playing as clearly as to hard.',
      'Rubber washers keep every screw where it is through a long tour.',
      'It is set up without tools and fits into the boot of a small car.',
      'It comes with a key, a spare set of washers and a page on tuning.',
    ],
    specs: {
      Shell: ['birch', 'maple', 'steel'],
      Size: ['14 x 5.5 inches', '14 x 6.5 inches', 'five pieces'],
      Hardware: ['double-braced', 'single-braced, light'],
    },
  },
  {
    category: 'Wind Instruments',
    noun: ['Alto Saxophone', 'Trumpet', 'Clarinet'],
    price: [199, 3600],
    opening: [
      'An alto saxophone with a centred tone that speaks easily down to its lowest note.',
      'A trumpet with a wide bell that blends in a section and darkens when it is played softly.',
      'A clarinet for the first years of lessons that does not have to be replaced for the next ones.',
    ],
    sentences: [
      'Every one is played in and adjusted by hand before it leaves the workshop.',
      'It answers to little air, so that beginners hear a tone in the first lesson.',
      'The case has straps and a pocket large enough for a method book.',
      'Its moving parts are forged, which survives the bus better than casting.',
    ],
    specs: {
      Key: ['B flat', 'E flat'],
      Material: ['yellow brass', 'gold brass', 'grenadilla'],
      Finish: ['lacquered', 'silver-plated', 'oiled wood'],
    },
  },
  {
    category: 'Bowed Strings',
    noun: ['Violin', 'Viola', 'Cello'],
    price: [289, 4200],
    opening: [
      'A violin with an even tone on all four strings, made for students on the way to an orchestra.',
      'A viola with a broad, dark sound that does not disappear beside the violins.',
      'A cello whose warm C string fills a room without forcing the bow.',
    ],
    sentences: [
      'The top was carved from spruce that had dried for eight years.',
      'The bridge is fitted by hand, and the sound post is set before it leaves the workshop.',
      'Fine tuners are built into the tailpiece and do not rattle.',
      'The varnish is thin enough to let the wood speak and hard enough for school.',
    ],
    specs: {
      Top: ['spruce, carved'],
      Back: ['flamed maple, two pieces', 'flamed maple, one piece'],
      Size: ['4/4', '3/4'],
      Included: ['bow, case and rosin', 'case only'],
    },
  },
  {
    category: 'Synthesizers',
    noun: ['Synthesizer', 'Groovebox', 'Desktop Synthesizer'],
    price: [219, 2900],
    opening: [
      'An analogue synthesizer with a knob for every function and no menu to get lost in.',
      'A groovebox that starts with a drum pattern and ends with an arrangement.',
      'A desktop synthesizer that puts a whole polyphonic voice into the space of a book.',
    ],
    sentences: [
      'The filter sings when its resonance is turned up, and it tracks the keyboard while it does.',
      'Every step of a pattern can hold its own sound.',
      'It runs for six hours on a battery that charges over USB.',
      'Every knob sends MIDI, so that a performance can be recorded and edited.',
    ],
    specs: {
      Voices: ['4, analogue', '8, analogue', '16, digital'],
      Sequencer: ['64 steps', '128 steps, polyphonic'],
      Connections: ['MIDI, USB, CV and gate', 'MIDI and USB'],
    },
  },
]

/** The product with this number. */
export function product(index: number): MadeProduct {
  const random = randomFrom(Math.imul(index + 1, 0x9e3779b1))
  const pick = (list: List): string => list[Math.floor(random() * list.length)] ?? list[0]
  const kind = kinds[index % kinds.length] ?? kinds[0]
  const brand = pick(brands)
  const which = Math.floor(random() * kind.noun.length)
  const name = `${brand} ${pick(series)} ${100 + index} ${kind.noun[which] ?? kind.noun[0]}`
  const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  const [low, high] = kind.price
  const first = Math.floor(random() * kind.sentences.length)
  const said = Array.from({ length: 3 }, (_, at) => kind.sentences[(first + at) % kind.sentences.length])
  return {
    sku: slug,
    name,
    slug,
    brand,
    category: kind.category,
    description: [kind.opening[which] ?? kind.opening[0], ...said].join(' '),
    msrp_price: Math.round(low + random() * (high - low)) - 0.01,
    url_source: `https://shop.example/products/${slug}`,
    image_uri: `https://shop.example/images/${slug}.jpg`,
    specs: Object.fromEntries(Object.entries(kind.specs).map(([spec, values]) => [spec, pick(values)])),
  }
}

function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
