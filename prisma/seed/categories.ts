import { LOCALES } from '#lib/platform/locales.ts'

/** The category tree: six rooms with three subcategories each, and the hidden collection of the home page. */
/** One for each of LOCALES, in their order. */
type Names = readonly string[]

export const FEATURED_SLUG = 'featured'

const TREE: Record<string, { names: Names; children: Record<string, Names> }> = {
  furniture: {
    names: ['Furniture', 'Möbel', 'Meubles', 'Muebles', 'Móveis', '家具', '가구'],
    children: {
      chairs: ['Chairs', 'Stühle', 'Chaises', 'Sillas', 'Cadeiras', 'チェア', '의자'],
      sofas: ['Sofas', 'Sofas', 'Canapés', 'Sofás', 'Sofás', 'ソファ', '소파'],
      tables: ['Tables', 'Tische', 'Tables', 'Mesas', 'Mesas', 'テーブル', '테이블'],
    },
  },
  decor: {
    names: [
      'Lighting & Décor',
      'Licht & Deko',
      'Luminaires et déco',
      'Iluminación y decoración',
      'Iluminação e decoração',
      '照明・インテリア',
      '조명·인테리어',
    ],
    children: {
      lamps: ['Lamps', 'Lampen', 'Lampes', 'Lámparas', 'Luminárias', 'ランプ', '램프'],
      vases: ['Vases', 'Vasen', 'Vases', 'Jarrones', 'Vasos', '花瓶', '꽃병'],
      plants: ['Plants', 'Pflanzen', 'Plantes', 'Plantas', 'Plantas', '観葉植物', '식물'],
    },
  },
  kitchen: {
    names: [
      'Kitchen & Dining',
      'Küche & Tisch',
      'Cuisine et table',
      'Cocina y mesa',
      'Cozinha e mesa',
      'キッチン・テーブルウェア',
      '주방·다이닝',
    ],
    children: {
      mugs: [
        'Mugs & Cups',
        'Tassen & Becher',
        'Mugs et tasses',
        'Tazas',
        'Canecas e xícaras',
        'マグ・カップ',
        '머그·컵',
      ],
      kettles: [
        'Kettles & Teapots',
        'Kessel & Teekannen',
        'Bouilloires et théières',
        'Hervidores y teteras',
        'Chaleiras e bules',
        'ケトル・ティーポット',
        '주전자·티포트',
      ],
      cookware: [
        'Cookware',
        'Kochgeschirr',
        'Casseroles et poêles',
        'Ollas y sartenes',
        'Panelas e frigideiras',
        '鍋・フライパン',
        '냄비·프라이팬',
      ],
    },
  },
  electronics: {
    names: ['Electronics', 'Elektronik', 'Électronique', 'Electrónica', 'Eletrônicos', '家電・デジタル', '전자기기'],
    children: {
      headphones: [
        'Headphones',
        'Kopfhörer',
        'Casques et écouteurs',
        'Auriculares',
        'Fones de ouvido',
        'ヘッドホン',
        '헤드폰',
      ],
      laptops: ['Laptops', 'Laptops', 'Ordinateurs portables', 'Portátiles', 'Notebooks', 'ノートパソコン', '노트북'],
      speakers: ['Speakers', 'Lautsprecher', 'Enceintes', 'Altavoces', 'Caixas de som', 'スピーカー', '스피커'],
    },
  },
  accessories: {
    names: [
      'Shoes & Accessories',
      'Schuhe & Accessoires',
      'Chaussures et accessoires',
      'Calzado y accesorios',
      'Calçados e acessórios',
      'シューズ・アクセサリー',
      '신발·액세서리',
    ],
    children: {
      sneakers: ['Sneakers', 'Sneaker', 'Baskets', 'Zapatillas', 'Tênis', 'スニーカー', '스니커즈'],
      watches: ['Watches', 'Uhren', 'Montres', 'Relojes', 'Relógios', '腕時計', '손목시계'],
      sunglasses: [
        'Sunglasses',
        'Sonnenbrillen',
        'Lunettes de soleil',
        'Gafas de sol',
        'Óculos de sol',
        'サングラス',
        '선글라스',
      ],
    },
  },
  outdoor: {
    names: [
      'Outdoor & Travel',
      'Outdoor & Reise',
      'Plein air et voyage',
      'Aire libre y viajes',
      'Ar livre e viagem',
      'アウトドア・旅行',
      '아웃도어·여행',
    ],
    children: {
      backpacks: ['Backpacks', 'Rucksäcke', 'Sacs à dos', 'Mochilas', 'Mochilas', 'バックパック', '백팩'],
      bottles: [
        'Bottles & Flasks',
        'Trinkflaschen',
        'Gourdes et thermos',
        'Botellas y termos',
        'Garrafas térmicas',
        'ボトル・水筒',
        '물병·보온병',
      ],
      tents: ['Tents', 'Zelte', 'Tentes', 'Tiendas de campaña', 'Barracas', 'テント', '텐트'],
    },
  },
}

const FEATURED: Names = ['Featured', 'Empfohlen', 'Notre sélection', 'Destacados', 'Destaques', 'おすすめ', '추천 상품']

export interface CategorySeed {
  readonly slug: string
  readonly kind: 'category' | 'collection'
  readonly parent: string | null
  readonly position: number
  readonly names: Readonly<Record<string, string>>
}

/** A language without a name is left out: its pages then show the English one. */
const byLocale = (names: Names) =>
  Object.fromEntries(LOCALES.slice(0, names.length).map((locale, i) => [locale, names[i] ?? '']))

/** Parents come before their children, and the collection last. */
export function categorySeeds(): CategorySeed[] {
  const rooms = Object.entries(TREE)
  const parents = rooms.map(([slug, room], position): CategorySeed => ({
    slug,
    kind: 'category',
    parent: null,
    position,
    names: byLocale(room.names),
  }))
  const children = rooms.flatMap(([parent, room]) =>
    Object.entries(room.children).map(([slug, names], position): CategorySeed => ({
      slug,
      kind: 'category',
      parent,
      position,
      names: byLocale(names),
    })),
  )
  const featured: CategorySeed = {
    slug: FEATURED_SLUG,
    kind: 'collection',
    parent: null,
    position: 0,
    names: byLocale(FEATURED),
  }
  return [...parents, ...children, featured]
}
