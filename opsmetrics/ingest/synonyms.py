"""Words that head columns in English, German, French and Spanish, in folded form (see `cells.fold`)."""

from __future__ import annotations

#: Words for the roles of a column; a header that is one of them is taken for certain.
ROLES: dict[str, tuple[str, ...]] = {
    "date": (
        *("date", "day", "period", "week", "month", "quarter", "report date", "reporting date", "reporting period"),
        *("datum", "tag", "periode", "zeitraum", "woche", "monat", "kw", "kalenderwoche", "berichtsmonat", "quartal"),
        *("jour", "période", "semaine", "mois", "trimestre", "fecha", "día", "dia", "periodo", "semana", "mes"),
    ),
    "ts": (
        *("ts", "timestamp", "time stamp", "time", "datetime", "date time", "date/time", "date and time"),
        *("zeitstempel", "zeitpunkt", "zeit", "datum/zeit", "horodatage", "date heure", "date et heure", "heure"),
        *("marca de tiempo", "fecha hora", "fecha y hora", "hora"),
    ),
    "sample": (
        *("sample", "sample number", "sample no", "subgroup", "lot", "stichprobe", "probe", "los"),
        *("échantillon", "echantillon", "muestra", "lote"),
    ),
    "metric": (
        *("metric", "kpi", "measure", "indicator", "kennzahl", "messgröße", "messgrösse", "indicateur", "mesure"),
        *("indicador", "métrica", "metrica", "medida"),
    ),
    "value": ("value", "reading", "result", "wert", "messwert", "valeur", "résultat", "valor", "resultado"),
    "numerator": ("numerator", "zähler", "numérateur", "numerador"),
    "denominator": ("denominator", "nenner", "dénominateur", "denominador"),
    "comment": (
        *("comment", "comments", "note", "notes", "remark", "remarks", "bemerkung", "kommentar", "anmerkung"),
        *("commentaire", "remarque", "comentario", "observación", "nota"),
    ),
}

#: Words for what an event may have beside its category, which the stream names itself.
EVENTS: dict[str, tuple[str, ...]] = {
    "minutes": (
        *("minutes", "min", "mins", "duration", "duration (min)", "downtime", "downtime (min)", "dauer", "dauer (min)"),
        *("minuten", "durée", "durée (min)", "duración", "duración (min)", "minutos"),
    ),
    "end": ("end", "ended", "ended at", "closed at", "closed", "until", "ende", "bis", "fin", "fin à", "hasta"),
    "cost": ("cost", "costs", "total cost", "kosten", "coût", "coûts", "coste", "costo"),
    "count": ("count", "quantity", "anzahl", "menge", "nombre", "quantité", "cantidad"),
    "reference": ("reference", "id", "ticket", "number", "case", "referenz", "nummer", "nr", "référence", "referencia"),
}

#: Words for the same dimension; one of them may stand for another, but a person should confirm it.
DIMENSIONS: tuple[tuple[str, ...], ...] = (
    ("site", "plant", "factory", "location", "facility", "werk", "standort", "usine", "planta", "sitio", "centro"),
    ("line", "production line", "linie", "ligne", "línea", "linea"),
    ("machine", "equipment", "asset", "maschine", "anlage", "équipement", "máquina", "maquina", "equipo"),
    ("shift", "crew", "schicht", "équipe", "equipe", "poste", "turno"),
    (
        "product",
        "article",
        "item",
        "sku",
        "part",
        "produkt",
        "artikel",
        "teil",
        "produit",
        "pièce",
        "producto",
        "artículo",
    ),
    (
        "area",
        "department",
        "unit",
        "ward",
        "bereich",
        "abteilung",
        "station",
        "service",
        "secteur",
        "área",
        "departamento",
    ),
    ("organisation", "organization", "org", "org code", "trust", "provider", "company", "firma", "société", "empresa"),
    ("team", "group", "gruppe", "groupe", "equipo de trabajo", "grupo"),
    ("type", "category", "class", "kind", "art", "typ", "kategorie", "catégorie", "tipo", "categoría", "clase"),
    ("customer", "client", "kunde", "cliente"),
    ("supplier", "vendor", "lieferant", "fournisseur", "proveedor"),
    ("country", "region", "land", "pays", "país", "región", "région"),
)

#: Words for what is counted or measured; one of them may stand for another, but a person should confirm it.
QUANTITIES: tuple[tuple[str, ...], ...] = (
    (
        *(
            "scrap",
            "scrapped",
            "rejects",
            "rejected",
            "ausschuss",
            "ausschuß",
            "rebuts",
            "rebut",
            "chatarra",
            "desecho",
        ),
        *("rechazos", "scrap qty", "qty scrap"),
    ),
    ("defects", "defective", "faults", "fehler", "defekte", "fehlerhaft", "défauts", "defauts", "defectos", "def"),
    (
        *("inspected", "checked", "tested", "units inspected", "qty insp", "qty insp.", "insp", "geprüft", "geprueft"),
        *("contrôlés", "controles", "contrôlé", "inspectés", "inspeccionados", "revisados"),
    ),
    (
        *("made", "produced", "output", "total", "total output", "quantity", "qty", "gesamt", "produziert", "menge"),
        *("gesamtmenge", "produits", "quantité", "quantite", "producidos", "producción", "cantidad"),
    ),
    ("downtime", "stop time", "stillstand", "stillstandszeit", "ausfallzeit", "arrêt", "arrêts", "paro", "parada"),
    ("waiting time", "wait", "wait time", "wartezeit", "attente", "temps d'attente", "espera", "tiempo de espera"),
    ("late", "late orders", "late deliveries", "delayed", "verspätet", "en retard", "retards", "retrasados", "tarde"),
    ("orders", "deliveries", "shipments", "aufträge", "lieferungen", "commandes", "livraisons", "pedidos", "entregas"),
    ("complaints", "reklamationen", "beschwerden", "réclamations", "reclamaciones", "quejas"),
    ("yield", "first pass yield", "fpy", "ausbeute", "rendement", "rendimiento"),
)
