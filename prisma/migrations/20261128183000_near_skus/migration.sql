-- A SKU in a file that no product has is compared with all others without regard to case: lib/pricing/skus/nearSkus.ts.
CREATE INDEX products_sku_lower ON products (lower(sku));
