"""The colours of pages, charts and maps; the only place that names one. Contrast is given on white."""

INK = "#17212E"  # 16.2
INK_2 = "#46535F"  # 7.9
KAVEL = "#12355B"  # 12.5
NL = "#5C6975"  # 5.6
GOOD = "#1667A8"  # 5.9
BAD = "#B4480A"  # 5.4
SAME = NL
SELECT = "#8F2769"  # 7.9
SELECT_ROW = "#FBF3F8"
WARN = "#8A5A00"
WARN_TEXT = "#6B4700"  # 8.0 on WARN_PANEL
WARN_PANEL = "#FFFBF2"
LINK = "#0F5C99"  # 7.0
BORDER = "#8391A0"  # 3.2
RULE = "#D5DCE3"
PANEL = "#F4F6F8"
RANGE = "#E3E8ED"  # all gemeenten
IQR = "#B9C4CF"  # the middle half of them
MEMBER = "#C3CDD7"  # lines of the gemeenten of an area
MEMBERS = "#4A83AD"  # their dots
MAP = ("#E4ECF3", "#B7CDE0", "#82A9C8", "#477FAB", "#1A4C7C")  # low to high; no judgement in it
MAP_NONE = PANEL
MAP_HATCH = "#C3CDD7"
SITE = "#3D2B56"  # 12.5; interventions and provisions on the map
DIVERGING = (BAD, "#E3A982", "#EEF0F2", "#8DB9DA", GOOD)  # difference with the Netherlands, which is the middle
