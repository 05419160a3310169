const COUNT = new Intl.NumberFormat("en-GB");

/** "1,234": a whole number as pages in English show it. */
export const countText = (count: number) => COUNT.format(count);
