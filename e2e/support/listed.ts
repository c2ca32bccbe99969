/**
 * Each product's place in each category, as a table `listed (category_id, product_id, place)`: all of a group at the place of
 * its first one, which the list has a card of. Places begin at 1.
 */
export const LISTED = `(
  SELECT category_id, product_id, dense_rank() OVER (PARTITION BY category_id ORDER BY first_rank, first_id) AS place FROM (
    SELECT pc.category_id, pc.product_id, first_value(p.rank) OVER its_group AS first_rank, first_value(p.id) OVER its_group AS first_id
    FROM product_categories pc JOIN products p ON p.id = pc.product_id
    WHERE p.status = 'active'
    WINDOW its_group AS (PARTITION BY pc.category_id, COALESCE(-p.group_id, p.id) ORDER BY p.rank, p.id)) cards) listed`
