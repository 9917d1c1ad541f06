package textfmt

import (
	"fmt"
	"strings"
)

// Locale holds the names of months and days in a language.
type Locale struct {
	Language    string // ISO 639
	Months      [12]string
	ShortMonths [12]string
	Days        [7]string // from Sunday
	ShortDays   [7]string
	AM, PM      string
}

// English is the locale used where none is given.
var English = locales["en"]

// ParseLocale finds a locale by its language with or without a country (en, en_GB, de-AT), or by a country alone (US).
// Names of languages that are well formed but not known give English names, as does a country. The country decides nothing, so
// that three letters are as good as two.
func ParseLocale(name string) (*Locale, error) {
	language, country, both := strings.Cut(strings.ReplaceAll(name, "-", "_"), "_")
	if !isLetters(language, 2, 3) || both && !isLetters(country, 2, 3) {
		return nil, fmt.Errorf("%q is not a locale: give a language, or a language and a country, such as en or en_GB", name)
	}
	if !both && language == strings.ToUpper(language) {
		return English, nil
	}
	if l := locales[strings.ToLower(language)]; l != nil {
		return l, nil
	}
	return English, nil
}

func isLetters(s string, least, most int) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return least <= len(s) && len(s) <= most
}

// locales are the languages whose names are known, as the Unicode CLDR has them within a date.
var locales = func() map[string]*Locale {
	m := map[string]*Locale{}
	for _, l := range []*Locale{
		locale("en", "January February March April May June July August September October November December",
			"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
			"Sunday Monday Tuesday Wednesday Thursday Friday Saturday", "Sun Mon Tue Wed Thu Fri Sat"),
		locale("da", "januar februar marts april maj juni juli august september oktober november december",
			"jan. feb. mar. apr. maj jun. jul. aug. sep. okt. nov. dec.",
			"søndag mandag tirsdag onsdag torsdag fredag lørdag", "søn. man. tirs. ons. tors. fre. lør."),
		locale("de", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
			"Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
			"Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag", "So. Mo. Di. Mi. Do. Fr. Sa."),
		locale("es", "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
			"ene feb mar abr may jun jul ago sept oct nov dic",
			"domingo lunes martes miércoles jueves viernes sábado", "dom lun mar mié jue vie sáb"),
		locale("fi", "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
			"tammik. helmik. maalisk. huhtik. toukok. kesäk. heinäk. elok. syysk. lokak. marrask. jouluk.",
			"sunnuntaina maanantaina tiistaina keskiviikkona torstaina perjantaina lauantaina", "su ma ti ke to pe la"),
		locale("fr", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
			"janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
			"dimanche lundi mardi mercredi jeudi vendredi samedi", "dim. lun. mar. mer. jeu. ven. sam."),
		locale("it", "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
			"gen feb mar apr mag giu lug ago set ott nov dic",
			"domenica lunedì martedì mercoledì giovedì venerdì sabato", "dom lun mar mer gio ven sab"),
		locale("nb", "januar februar mars april mai juni juli august september oktober november desember",
			"jan. feb. mars apr. mai juni juli aug. sep. okt. nov. des.",
			"søndag mandag tirsdag onsdag torsdag fredag lørdag", "søn. man. tirs. ons. tors. fre. lør."),
		locale("nl", "januari februari maart april mei juni juli augustus september oktober november december",
			"jan feb mrt apr mei jun jul aug sep okt nov dec",
			"zondag maandag dinsdag woensdag donderdag vrijdag zaterdag", "zo ma di wo do vr za"),
		locale("pt", "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
			"jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
			"domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado", "dom. seg. ter. qua. qui. sex. sáb."),
		locale("sv", "januari februari mars april maj juni juli augusti september oktober november december",
			"jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec.",
			"söndag måndag tisdag onsdag torsdag fredag lördag", "sön mån tis ons tors fre lör"),
	} {
		m[l.Language] = l
	}
	m["no"] = m["nb"]
	m["sv"].AM, m["sv"].PM = "fm", "em"
	m["fi"].AM, m["fi"].PM = "ap.", "ip."
	return m
}()

func locale(language, months, shortMonths, days, shortDays string) *Locale {
	l := &Locale{Language: language, AM: "am", PM: "pm"}
	copy(l.Months[:], strings.Fields(months))
	copy(l.ShortMonths[:], strings.Fields(shortMonths))
	copy(l.Days[:], strings.Fields(days))
	copy(l.ShortDays[:], strings.Fields(shortDays))
	return l
}
