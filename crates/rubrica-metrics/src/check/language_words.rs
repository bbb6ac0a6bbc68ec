//! Frequent small words and telling letters of languages that share a script.

/// What tells a language from others in its script.
pub(super) struct Profile {
    /// ISO 639-1 code.
    pub(super) code: &'static str,
    /// Frequent words, in small letters.
    pub(super) words: &'static str,
    /// Letters that are rare in the others.
    pub(super) letters: &'static str,
}

const fn profile(code: &'static str, words: &'static str, letters: &'static str) -> Profile {
    Profile { code, words, letters }
}

/// Languages in Latin letters.
pub(super) const LATIN: &[Profile] = &[
    profile(
        "en",
        "the of and to in is you that it he was for on are as with his they be at this have from or one \
         had by but not what all were we when your can said there an each which she do how their if will \
         up other about out many then them these so some her would make like him into has look more go \
         see no way could people my than been who its now did get come made may i am me our us just any \
         very should because where why please here dear every also don't it's",
        "",
    ),
    profile(
        "es",
        "de la que el en y a los se del las un por con no una su para es al lo como más pero sus le ya o \
         este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos \
         durante todos uno les ni contra otros ese eso ante ellos e esto mí antes algunos qué unos yo otro \
         son está tiene era fue ser muchos puede tu mi siempre gracias gran",
        "ñ¿¡",
    ),
    profile(
        "pt",
        "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das \
         tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era \
         depois sem mesmo aos ter seus quem nas me esse eles estão você tinha foram essa num nem suas meu \
         às minha são muitos obrigado pode nossa nosso cidade",
        "ãõ",
    ),
    profile(
        "fr",
        "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont la \
         avec mais comme ou si leur y nous vous être elle même aux son ses cette ont tout je été très aussi \
         fait bien où sans peut tous ces deux était avait notre votre mon ma mes ils elles c'est d'une l'on \
         toujours lui entre beaucoup",
        "œùêî",
    ),
    profile(
        "de",
        "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden \
         aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur \
         oder aber vor zur bis mehr durch man sein wurde sei ich wir ihr kann mein unser wenn was immer sehr \
         ihre uns mich dir gut heute zusammen gehen",
        "ß",
    ),
    profile(
        "it",
        "di e il la che in un a per è una sono non con si da i le del dei al nel alla della più anche come \
         ma gli ha questo lo o se ci su delle dal quando molto dalla degli perché essere ho suo sua tutto \
         tutti nella era stato fatto mi ti questa cosa dove chi hanno loro ogni sempre nostro grazie molti \
         città può",
        "ìò",
    ),
    profile(
        "nl",
        "de het een en van ik te dat die in is niet op zijn voor met als aan er ook om maar was uit naar dan \
         nog bij heeft hij hun over zo door wat ze deze kan we je mijn ons wordt worden veel meer waar omdat \
         geen hebben had haar jij wij altijd onze goed zeer",
        "",
    ),
    profile(
        "pl",
        "i w na z się nie do to że jest o jak za od po co tak są jej jego ale być czy dla który już tego \
         przez przed może bardzo tylko był była było gdy także lub ich nas mnie ma oraz jako które pod przy \
         tym wszystko kiedy nasz każdy moja",
        "łąęśźżńć",
    ),
    profile(
        "fi",
        "ja on ei että se oli hän mutta ovat kun niin myös joka mitä tai olla kuin hänen sen ole mukaan \
         vain jos voi sitä minä sinä me he nyt jo ne tämä joita jotka sekä kaikki ollut olen sitten koska \
         hyvin paljon meidän aina kaupunki kanssa päivä suomen hyvää",
        "",
    ),
    profile(
        "sv",
        "och att det som en på är av för med den till inte har de ett om han var från jag vi så kan men ska \
         när vid eller också hon där efter sin under man nu mycket alla då bara vara här hade varit blir \
         många vår mitt sig",
        "",
    ),
    profile(
        "da",
        "og at det er en til på som med af for den de har ikke et der han var fra jeg vi kan men skal når \
         ved eller også hun efter sin under man nu meget alle da kun være her havde været bliver mange \
         vores mit sig hvad af blev efter uden",
        "",
    ),
    profile(
        "no",
        "og at det er en til på som med av for den de har ikke et der han var fra jeg vi kan men skal når \
         ved eller også hun etter sin under man nå mye alle da bare være her hadde vært blir mange vår mitt \
         seg hva ble etter uten",
        "",
    ),
    profile(
        "cs",
        "a v se na je že to s z do o i jako za jsou ale by po jsem k ve které který jeho jak pro tak ze už \
         při může byl bylo byla co když také nebo její než jen podle být si nás velmi každý",
        "řěůý",
    ),
    profile(
        "ro",
        "și de în a la cu pe care nu un o este din că să mai pentru au sau fi ca se ce prin lui dar după el \
         am al ale fost sunt ei ea noi acest această foarte când unui despre toate fiecare",
        "șțăşţ",
    ),
    profile(
        "tr",
        "ve bir bu için ile da de çok olarak daha olan gibi en kadar ne o var ama sonra değil her ben sen \
         biz onun olduğu ya ki mi ise oldu olur bana şey iyi kendi yok hem zaman",
        "ğışİ",
    ),
    profile(
        "hu",
        "a az és hogy nem is egy ez van volt meg csak de ha már mint el azt ki még be ezt vagy kell lehet \
         nagyon mert után minden én te ő mi nem sem lesz aki amely akkor sok",
        "őű",
    ),
    profile(
        "id",
        "yang dan di dari untuk dengan pada ini itu dalam tidak adalah akan ke juga oleh saya kita mereka \
         ada dapat bisa atau seperti karena lebih kami anda sudah telah para banyak bahwa sangat kota hari \
         setiap",
        "",
    ),
    profile(
        "vi",
        "và của là có không được cho người một trong các với những này đã để khi từ đến tôi chúng ở rất \
         nhiều như cũng mà bạn thì",
        "ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
    ),
    profile(
        "sw",
        "ya wa na kwa ni katika la za kama watu hii huo wake sana hiyo yake lakini kuwa baada mimi sisi \
         wao yangu pia kila au hivyo siku nchi wetu yetu tu hapa zaidi ambayo mtu kazi moja bila mji ndani \
         kwamba tunapenda chakula familia watoto pamoja",
        "",
    ),
    profile(
        "hr",
        "i u je na se da su za od s a o to ne koji kao iz ili ali bi što samo nije biti smo sve kako može \
         već ima još kada koja vrlo bio njegov svoje sam nas prije",
        "đžčć",
    ),
    profile(
        "ca",
        "de la el i que a en per un una les els amb és del no es dels més com al són aquest aquesta però \
         també ha o ser molt quan ja hi són pel seva seu nostre tots ciutat gràcies",
        "·",
    ),
    profile(
        "tl",
        "ang ng sa na mga ay at para ito hindi ako siya kung ni may kanyang niya ko mo din ka dahil nang \
         isang kami tayo lahat po araw natin",
        "",
    ),
];

/// Languages in Cyrillic letters.
pub(super) const CYRILLIC: &[Profile] = &[
    profile(
        "ru",
        "и в не на я что он с это как по но они мы она из за то у же вы так его к для был было бы все \
         только еще ещё или от когда уже если есть очень мой наш при также можно нас",
        "ыэё",
    ),
    profile(
        "uk",
        "і в не на я що він з це як та але вони ми вона із за у же ви так його до для був було би все \
         тільки ще або від коли вже якщо є дуже мій наш при також можна й нас",
        "іїєґ",
    ),
    profile(
        "bg",
        "и в не на аз че той с това като по но те ние тя от за са се да е ще си до към или когато ако \
         много мой наш при също може бе беше който която във със има тези всички",
        "ъщ",
    ),
    profile(
        "mk",
        "и во не на јас дека тој со ова како по но тие ние таа од за се да е ќе си до кон или кога ако \
         многу мој наш при исто може беше кој која има овие сите ги",
        "ѓѕјљњќџ",
    ),
];

/// Languages in Arabic letters.
pub(super) const ARABIC: &[Profile] = &[
    profile(
        "ar",
        "في من على إلى أن هذا هذه التي الذي كان عن مع لا ما هو هي كل قد أو ثم بعد بين لم ذلك كما أنا نحن \
         وهو جدا كانت لكن غير حتى عند",
        "ةىأإك",
    ),
    profile(
        "fa",
        "در و از به که این است را با برای آن یک خود تا بر هم نیز شده می شود کرد او ما من شما بود دارد \
         هستند بسیار ها اما یا باید خواهد همه",
        "پچژگ",
    ),
    profile(
        "ur",
        "کے کی میں کا ہے اور سے کو اس نے پر ہیں کہ یہ وہ کر تھا بھی جو نہیں ایک ہم ہو ان تو لیے بہت کیا \
         آپ میرے گیا تھے",
        "ٹڈڑںےہھ",
    ),
];

/// Languages in Devanagari.
pub(super) const DEVANAGARI: &[Profile] = &[
    profile(
        "hi",
        "है के का की में और से को पर हैं यह कि ने एक नहीं भी था वह तो हम आप मैं इस लिए हो कर थे साथ \
         बहुत अपने होता जो या सकते हूँ हमें",
        "",
    ),
    profile(
        "mr",
        "आहे आणि च्या मध्ये नाही हे हा ही आहेत ते तो ती मी आपण आम्ही साठी होते होता खूप एक या करण्यासाठी \
         पण असे माझ्या माझे त्याच्या केले आपल्या",
        "ळ",
    ),
    profile(
        "ne",
        "छ र मा हो को का यो गर्न भएको लाई पनि छन् छन् तर हामी म तपाईं धेरै यस एक हुन्छ गरेको लागि भने \
         थियो मेरो हाम्रो गर्छ छैन गरी",
        "",
    ),
];
