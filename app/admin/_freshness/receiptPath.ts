/** The address of the receipt of one version of a price. */
export function receiptPath({ productId, version }: { readonly productId: number; readonly version: number }): string {
  return `/admin/products/${productId}/receipts/${version}`
}
