// Loaded into a process of a test by --require: its own clock goes wrong by CLOCK_SHIFT_MS, as that of a machine without time service does.
const Right = globalThis.Date;
const shift = Number(process.env.CLOCK_SHIFT_MS ?? 0);
const now = () => Right.now() + shift;

globalThis.Date = class Date extends Right {
  constructor(...given) {
    super(...(given.length === 0 ? [now()] : given));
  }

  static now() {
    return now();
  }
};
