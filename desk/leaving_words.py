"""What the page of a leave link says, in the languages that letters come in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeavingWords:
    """The sentences of one language. `{name}` is the organisation, `{channel}` the address of the mail."""

    language: str
    title: str
    ask: str
    button: str
    done: str
    already: str
    unknown: str
    """The title where we cannot tell whose link it is."""
    expired: str
    altered: str
    elsewhere: str
    contact: str


def words_in(language: str) -> LeavingWords:
    """Return the words of a language; English ones for any other.

    >>> words_in("pt-BR").button, words_in("sw").language
    ('Deixar de receber', 'en')
    """
    return _WORDS.get(language.partition("-")[0].lower(), _WORDS["en"])


_WORDS = {
    words.language: words
    for words in (
        LeavingWords(
            language="en",
            title="Reports for {name}",
            ask="Shall the nightly report of {committee} no longer be sent to {channel}? Nothing has been changed yet.",
            button="Stop sending it",
            done="Done. The report is no longer sent to {channel}.",
            already="It is already so: the report is not sent to {channel}.",
            unknown="Reports by mail",
            expired="This link is no longer valid, and nothing was changed. Please use the link of a newer mail.",
            altered="This link is incomplete or was altered, and nothing was changed. Please open it from the mail.",
            elsewhere="This came from another site, and nothing was changed. Please open the link from the mail.",
            contact="Questions, or a mistake: {contact}",
        ),
        LeavingWords(
            language="fr",
            title="Rapports destinés à {name}",
            ask="Faut-il cesser d'envoyer le rapport quotidien de {committee} à "
            "{channel} ? Rien n'a encore été modifié.",
            button="Ne plus recevoir",
            done="C'est fait. Le rapport n'est plus envoyé à {channel}.",
            already="C'est déjà le cas : le rapport n'est pas envoyé à {channel}.",
            unknown="Rapports par courrier électronique",
            expired="Ce lien n'est plus valable et rien n'a été modifié. Veuillez "
            "utiliser celui d'un message plus récent.",
            altered="Ce lien est incomplet ou a été altéré et rien n'a été modifié. "
            "Veuillez l'ouvrir depuis le message.",
            elsewhere="Cette demande vient d'un autre site et rien n'a été modifié. "
            "Veuillez ouvrir le lien depuis le message.",
            contact="Une question, une erreur : {contact}",
        ),
        LeavingWords(
            language="es",
            title="Informes para {name}",
            ask="¿Desea que el informe diario de {committee} deje de enviarse a "
            "{channel}? Todavía no se ha cambiado nada.",
            button="Dejar de recibirlo",
            done="Hecho. El informe ya no se envía a {channel}.",
            already="Ya es así: el informe no se envía a {channel}.",
            unknown="Informes por correo electrónico",
            expired="Este enlace ya no es válido y no se ha cambiado nada. Utilice el de un mensaje más reciente.",
            altered="Este enlace está incompleto o fue alterado y no se ha cambiado nada. Ábralo desde el mensaje.",
            elsewhere="La solicitud procede de otro sitio y no se ha cambiado nada. Abra el enlace desde el mensaje.",
            contact="Preguntas o errores: {contact}",
        ),
        LeavingWords(
            language="pt",
            title="Relatórios para {name}",
            ask="Deseja que o relatório diário de {committee} deixe de ser enviado "
            "para {channel}? Nada foi alterado ainda.",
            button="Deixar de receber",
            done="Feito. O relatório deixa de ser enviado para {channel}.",
            already="Já é assim: o relatório não é enviado para {channel}.",
            unknown="Relatórios por correio eletrónico",
            expired="Esta ligação já não é válida e nada foi alterado. Utilize a de uma mensagem mais recente.",
            altered="Esta ligação está incompleta ou foi modificada e nada foi alterado. Abra-a a partir da mensagem.",
            elsewhere="O pedido veio de outro sítio e nada foi alterado. Abra a ligação a partir da mensagem.",
            contact="Dúvidas ou enganos: {contact}",
        ),
        LeavingWords(
            language="ar",
            title="تقارير إلى {name}",
            ask="هل تودّون وقف إرسال التقرير اليومي من {committee} إلى {channel}؟ لم يتغير شيء بعد.",
            button="وقف الإرسال",
            done="تم. لن يُرسل التقرير بعد الآن إلى {channel}.",
            already="الأمر كذلك بالفعل: لا يُرسل التقرير إلى {channel}.",
            unknown="تقارير بالبريد الإلكتروني",
            expired="لم يعد هذا الرابط صالحًا ولم يتغير شيء. يرجى استخدام رابط رسالة أحدث.",
            altered="هذا الرابط ناقص أو جرى تعديله ولم يتغير شيء. يرجى فتحه من الرسالة.",
            elsewhere="ورد هذا الطلب من موقع آخر ولم يتغير شيء. يرجى فتح الرابط من الرسالة.",
            contact="للاستفسار أو لتصحيح خطأ: {contact}",
        ),
        LeavingWords(
            language="ru",
            title="Отчёты для: {name}",
            ask="Прекратить отправку ежедневного отчёта ({committee}) на адрес {channel}? Пока ничего не изменено.",
            button="Больше не отправлять",
            done="Готово. Отчёт больше не отправляется на адрес {channel}.",
            already="Это уже сделано: отчёт на адрес {channel} не отправляется.",
            unknown="Отчёты по электронной почте",
            expired="Эта ссылка больше не действует, ничего не изменено. "
            "Воспользуйтесь ссылкой из более нового письма.",
            altered="Ссылка неполная или изменённая, ничего не изменено. Откройте её из письма.",
            elsewhere="Запрос пришёл с другого сайта, ничего не изменено. Откройте ссылку из письма.",
            contact="Вопросы или ошибка: {contact}",
        ),
    )
}
