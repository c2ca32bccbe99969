/** The columns of the editor's grid that can be typed into. */
export const NEW_PRICE = 'newPrice'
export const NEW_COMPARE_AT = 'newCompareAt'
