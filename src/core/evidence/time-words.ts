/** Words for times in English, German, French and Spanish: lower case, without accents. Whole words only. */

const table = <T>(entries: [T, string][]): Map<string, T> => new Map(entries.flatMap(([value, words]) => words.split(' ').map((word): [string, T] => [word, value])));

/** 0 is January. "mar" is March in English and Tuesday in Spanish: the month wins only beside a day number. */
export const MONTHS = table<number>([
  [0, 'january jan januar janner janvier janv enero ene'],
  [1, 'february feb februar feber fevrier fev febrero'],
  [2, 'march mar marz mrz maerz mars marzo'],
  [3, 'april apr avril avr abril abr'],
  [4, 'may mai mayo'],
  [5, 'june jun juni juin junio'],
  [6, 'july jul juli juillet juil julio'],
  [7, 'august aug aout agosto ago'],
  [8, 'september sep sept septembre septiembre setiembre'],
  [9, 'october oct oktober okt octobre octubre'],
  [10, 'november nov novembre noviembre'],
  [11, 'december dec dezember dez decembre diciembre dic'],
]);

/** 0 is Sunday */
export const WEEKDAYS = table<number>([
  [0, 'sunday sun sonntag dimanche domingo sonntags'],
  [1, 'monday mon montag lundi lunes montags'],
  [2, 'tuesday tue tues dienstag mardi martes dienstags'],
  [3, 'wednesday wed mittwoch mercredi miercoles mittwochs'],
  [4, 'thursday thu thur thurs donnerstag jeudi jueves donnerstags'],
  [5, 'friday fri freitag vendredi viernes freitags'],
  [6, 'saturday sat samstag sonnabend samedi sabado samstags'],
]);

/** Days before today. Longest first: "day before yesterday" holds "yesterday". */
export const DAYS_BACK: [RegExp, number][] = [
  [/\b(?:(?:the )?day before yesterday|vorgestern|avant[ -]?hier|anteayer|antier|antes de ayer)\b/, 2],
  [/\b(?:yesterday|gestern|hier|ayer|last night|letzte nacht|vergangene nacht|la nuit derniere|anoche|letzten abend|last evening|hier soir)\b/, 1],
  [/\b(?:today|tonight|this (?:morning|afternoon|evening)|heute|aujourd.?hui|ce (?:matin|soir)|cet apres[ -]midi|cette nuit|hoy|esta (?:manana|tarde|noche)|just now)\b/, 0],
];

/** Parts of a day without an hour, in hours after its midnight; what passes 24 is the next day. Longest first. */
export const DAY_PARTS: [RegExp, number, number][] = [
  [/\b(?:last night|letzte nacht|vergangene nacht|la nuit derniere|anoche)\b/, 18, 32],
  [/\b(?:afternoon|nachmittags?|apres[ -]midi|tarde)\b/, 12, 19],
  [/\b(?:morning|morgens?|fruh|vormittags?|matin|matinee|manana|madrugada)\b/, 0, 12],
  [/\b(?:evening|abends?|soir|soiree|noche|tonight)\b/, 17, 25],
  [/\b(?:night|nachts?|nuit)\b/, 0, 8],
];
/** After these an hour below twelve is one after noon: "3 in the afternoon", "8 Uhr abends". */
export const AFTER_NOON = /\b(?:afternoon|evening|nachmittags?|abends?|apres[ -]midi|soir|de la tarde|de la noche)\b/;
/** German compounds: "Freitagmorgen", "Montagabend". */
export const COMPOUND = /\b(sonntag|montag|dienstag|mittwoch|donnerstag|freitag|samstag|gestern|heute)(morgen|vormittag|mittag|nachmittag|abend|nacht|fruh)\b/g;

/** Times of day that have a name, in hours. */
export const NAMED_HOURS: [RegExp, number][] = [
  [/\b(?:midnight|mitternacht|minuit|medianoche)\b/, 0],
  [/\b(?:noon|midday|mittags?|mediodia)\b|(?<!apres[ -])\bmidi\b/, 12],
];

/** "About": the customer says that it is not exact. */
export const HEDGES = /(?:\b(?:around|about|approx(?:imately)?|roughly|circa|ca|gegen|etwa|ungefahr|rund|vers|environ|autour|sobre|hacia|alrededor|aproximadamente|aprox)\b|~)/;

/** Words that may stand before a bare hour: "at 3", "um 9", "vers 15", "a las 10". */
export const BEFORE_HOUR = '(?:at|around|about|um|gegen|ca\\.?|etwa|vers|a las|las|sobre las|hacia las)';

/** Units of "2 hours ago" in milliseconds. */
export const UNITS: [RegExp, number][] = [
  [/^(?:min|mins|minutes?|minuten?|minutos?)$/, 60_000],
  [/^(?:h|hr|hrs|hours?|stunden?|std|heures?|horas?)$/, 3_600_000],
  [/^(?:d|days?|tage?n?|jours?|dias?)$/, 86_400_000],
  [/^(?:weeks?|wochen?|semaines?|semanas?)$/, 7 * 86_400_000],
];
export const NUMBERS = table<number>([
  [1, 'a an one ein eine einer einem einen un une una uno'],
  [2, 'two zwei deux dos couple'],
  [3, 'three drei trois tres few'],
  [4, 'four vier quatre cuatro'],
  [5, 'five funf cinq cinco'],
  [6, 'six sechs seis'],
  [7, 'seven sieben sept siete'],
  [8, 'eight acht huit ocho'],
  [10, 'ten zehn dix diez'],
  [12, 'twelve zwolf douze doce'],
  [0.5, 'half halben'],
]);
