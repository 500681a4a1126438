/* The EMEP MSC-W ozone chemistry: species, and reactions as rows of ode-problems.c's table. emep.ts reads
   this
 * file too. A row is {law, a, b, {reactants}, {{product, amount}, ...}}. A reaction uses up one of every
 * reactant. The laws at T = 298 K, in molecules, cm and s:
 *   ARRHENIUS   a exp(b / T)
 *   LIGHT       a exp(-b / cos zenith), 1e-40 by night
 *   WATER       a [H2O]
 *   PEROXIDE    HO2 with itself, helped by water and air
 *   DEPOSITION  at a cm/s, over a mixing height of 1.2 km
 *   EMISSION    of a per cm^2 and s, over the same height
 * Sources: Simpson, Andersson-Skold and Jenkin 1993 and Verwer and Simpson 1995, with the numbers of the test
 * set for initial value problem solvers (Mazzia and Magherini, emep.f of 2006). */
#define EMEP_SPECIES \
  NONE, NO, NO2, SO2, CO, CH4, C2H6, NC4H10, C2H4, C3H6, OXYL, HCHO, CH3CHO, MEK, O3, HO2, HNO3, H2O2, H2, CH3O2, C2H5OH, SA, CH3O2H, \
  C2H5O2, CH3COO, PAN, SECC4H, MEKO2, R2OOH, ETRO2, MGLYOX, PRRO2, GLYOX, OXYO2, MAL, MALO2, OP, OH, OD, NO3, N2O5, ISOPRE, NITRAT, \
  ISRO2, MVK, MVKO2, CH3OH, RCO3H, OXYO2H, BURO2H, ETRO2H, PRRO2H, MEKO2H, MALO2H, MACR, ISNI, ISRO2H, MARO2, MAPAN, CH2CCH3, ISONO3, \
  ISNIR, MVKO2H, CH2CHR, ISNO3H, ISNIRH, MARO2H
#define EMEP_REACTIONS \
  /* oxygen, nitrogen, hydrogen, sulphur */ \
  {ARRHENIUS, 77010.927426948663, 0, {OP}, {{O3, 1}}}, \
  {ARRHENIUS, 2.4743401284163818e-12, 0, {OP, NO}, {{NO2, 1}}}, \
  {ARRHENIUS, 5.1e8, 100, {OD}, {{OP, 1}}}, \
  {WATER, 2.2e-10, 0, {OD}, {{OH, 2}}}, \
  {ARRHENIUS, 1.8e-12, -1370, {NO, O3}, {{NO2, 1}}}, \
  {ARRHENIUS, 1.2e-13, -2450, {NO2, O3}, {{NO3, 1}}}, \
  {ARRHENIUS, 1.9e-12, -1000, {OH, O3}, {{HO2, 1}}}, \
  {ARRHENIUS, 1.4e-14, -600, {HO2, O3}, {{OH, 1}}}, \
  {ARRHENIUS, 1.8e-11, 110, {NO, NO3}, {{NO2, 2}}}, \
  {ARRHENIUS, 3.7e-12, 240, {NO, HO2}, {{NO2, 1}, {OH, 1}}}, \
  {ARRHENIUS, 7.2e-14, -1414, {NO2, NO3}, {{NO, 1}, {NO2, 1}}}, \
  {ARRHENIUS, 1.4e-12, 0, {NO2, NO3}, {{N2O5, 1}}}, \
  {ARRHENIUS, 1.4e-11, 0, {NO2, OH}, {{HNO3, 1}}}, \
  {ARRHENIUS, 4.1e-16, 0, {NO3, H2O2}, {{HNO3, 1}, {HO2, 1}}}, \
  {ARRHENIUS, 7.1e14, -11080, {N2O5}, {{NO2, 1}, {NO3, 1}}}, \
  {ARRHENIUS, 4.8e-11, 250, {HO2, OH}, {}}, \
  {ARRHENIUS, 2.9e-12, -160, {OH, H2O2}, {{HO2, 1}}}, \
  {ARRHENIUS, 7.7e-12, -2100, {OH, H2}, {{HO2, 1}}}, \
  {ARRHENIUS, 1e-14, 785, {OH, HNO3}, {{NO3, 1}}}, \
  {PEROXIDE, 0, 0, {HO2, HO2}, {{H2O2, 1}}}, \
  {ARRHENIUS, 1.35e-12, 0, {OH, SO2}, {{SA, 1}, {HO2, 1}}}, \
  {ARRHENIUS, 4e-17, 0, {CH3O2, SO2}, {{SA, 1}, {HCHO, 1}, {HO2, 1}}}, \
  {ARRHENIUS, 1e-4, 0, {H2O2}, {}}, \
  {ARRHENIUS, 1e-4, 0, {CH3O2H}, {}}, \
  {ARRHENIUS, 1e-4, 0, {N2O5}, {{NITRAT, 2}}}, \
  {ARRHENIUS, 1e-4, 0, {HNO3}, {{NITRAT, 1}}}, \
  /* methane, ethane, butane, ethene, propene, xylene and what becomes of them */ \
  {ARRHENIUS, 3.9e-12, -1885, {OH, CH4}, {{CH3O2, 1}}}, \
  {ARRHENIUS, 4.2e-12, 180, {NO, CH3O2}, {{NO2, 1}, {HCHO, 1}, {HO2, 1}}}, \
  {ARRHENIUS, 5.5e-14, 365, {CH3O2, CH3O2}, {{HCHO, 2}, {HO2, 2}}}, \
  {ARRHENIUS, 5.5e-14, 365, {CH3O2, CH3O2}, {{HCHO, 1}, {CH3OH, 1}}}, \
  {ARRHENIUS, 3.3e-12, -380, {OH, CH3OH}, {{HCHO, 1}, {HO2, 1}}}, \
  {ARRHENIUS, 3.2e-12, 0, {OH, C2H5OH}, {{CH3CHO, 1}, {HO2, 1}}}, \
  {ARRHENIUS, 3.8e-13, 780, {HO2, CH3O2}, {{CH3O2H, 1}}}, \
  {ARRHENIUS, 9.6e-12, 0, {OH, HCHO}, {{CO, 1}, {HO2, 1}}}, \
  {ARRHENIUS, 1e-12, 190, {OH, CH3O2H}, {{HCHO, 1}, {OH, 1}}}, \
  {ARRHENIUS, 1.9e-12, 190, {OH, CH3O2H}, {{CH3O2, 1}}}, \
  {ARRHENIUS, 1.9e-12, 190, {OH, R2OOH}, {{C2H5O2, 1}}}, \
  {ARRHENIUS, 1.9e-12, 190, {OH, RCO3H}, {{CH3COO, 1}}}, \
  {ARRHENIUS, 1.9e-12, 190, {OH, BURO2H}, {{SECC4H, 1}}}, \
  {ARRHENIUS, 1.9e-12, 190, {OH, ETRO2H}, {{ETRO2, 1}}}, \
  {ARRHENIUS, 1.9e-12, 190, {OH, PRRO2H}, {{PRRO2, 1}}}, \
  {ARRHENIUS, 5.8e-16, 0, {NO3, HCHO}, {{HNO3, 1}, {CO, 1}, {HO2, 1}}}, \
  {ARRHENIUS, 2.4e-13, 0, {OH, CO}, {{HO2, 1}}}, \
  {ARRHENIUS, 7.8e-12, -1020, {OH, C2H6}, {{C2H5O2, 1}}}, \
  {ARRHENIUS, 8.9e-12, 0, {NO, C2H5O2}, {{NO2, 1}, {CH3CHO, 1}, {HO2, 1}}}, \
  {ARRHENIUS, 6.5e-13, 650, {HO2, C2H5O2}, {{R2OOH, 1}}}, \
  {ARRHENIUS, 5.6e-12, 310, {OH, CH3CHO}, {{CH3COO, 1}}}, \
  {ARRHENIUS, 5.8e-12, 190, {OH, R2OOH}, {{CH3CHO, 1}, {OH, 1}}}, \
  {ARRHENIUS, 5.8e-12, 190, {OH, ETRO2H}, {{CH3CHO, 1}, {OH, 1}}}, \
  {ARRHENIUS, 5.8e-12, 190, {OH, BURO2H}, {{MEK, 1}, {OH, 1}}}, \
  {ARRHENIUS, 5.8e-12, 190, {OH, PRRO2H}, {{MEK, 1}, {OH, 1}}}, \
  {ARRHENIUS, 1e-11, 0, {NO2, CH3COO}, {{PAN, 1}}}, \
  {ARRHENIUS, 1.34e16, -13330, {PAN}, {{NO2, 1}, {CH3COO, 1}}}, \
  {ARRHENIUS, 2e-11, 0, {NO, CH3COO}, {{NO2, 1}, {CH3O2, 1}}}, \
  {ARRHENIUS, 1.1e-11, 0, {CH3O2, CH3COO}, {{CH3O2, 0.5}, {HCHO, 1}, {HO2, 0.5}}}, \
  {ARRHENIUS, 1.3e-13, 1040, {HO2, CH3COO}, {{RCO3H, 1}}}, \
  {ARRHENIUS, 3e-13, 1040, {HO2, CH3COO}, {{O3, 1}}}, \
  {ARRHENIUS, 2.8e-12, 530, {CH3COO, CH3COO}, {{CH3O2, 2}}}, \
  {ARRHENIUS, 1.64e-11, -559, {OH, NC4H10}, {{SECC4H, 1}}}, \
  {ARRHENIUS, 4.2e-12, 180, {NO, SECC4H}, {{NO2, 1}, {CH3CHO, 0.35}, {C2H5O2, 0.35}, {MEK, 0.65}, {HO2, 0.65}}}, \
  {ARRHENIUS, 1.15e-12, 0, {OH, MEK}, {{MEKO2, 1}}}, \
  {ARRHENIUS, 4.2e-12, 180, {NO, MEKO2}, {{NO2, 1}, {CH3CHO, 1}, {CH3COO, 1}}}, \
  {ARRHENIUS, 4.8e-12, 0, {OH, MEKO2H}, {{MEKO2, 1}}}, \
  {ARRHENIUS, 1.66e-12, 474, {OH, C2H4}, {{ETRO2, 1}}}, \
  {ARRHENIUS, 4.2e-12, 180, {NO, ETRO2}, {{NO2, 1}, {HCHO, 2}, {HO2, 1}}}, \
  {ARRHENIUS, 1.2e-14, -2630, {O3, C2H4}, {{HCHO, 1}, {CO, 0.44}, {HO2, 0.12}, {H2, 0.13}}}, \
  {ARRHENIUS, 6.5e-15, -1880, {O3, C3H6}, \
   {{HCHO, 0.5}, {CH3CHO, 0.5}, {CH3O2, 0.31}, {HO2, 0.28}, {OH, 0.15}, {CO, 0.4}, {H2, 0.07}, {CH4, 0.07}}}, \
  {ARRHENIUS, 2.86e-11, 0, {OH, C3H6}, {{PRRO2, 1}}}, \
  {ARRHENIUS, 4.2e-12, 180, {NO, PRRO2}, {{NO2, 1}, {HCHO, 1}, {CH3CHO, 1}, {HO2, 1}}}, \
  {ARRHENIUS, 1.37e-11, 0, {OH, OXYL}, {{OXYO2, 1}}}, \
  {ARRHENIUS, 4.2e-12, 180, {NO, OXYO2}, {{NO2, 1}, {MGLYOX, 1}, {MAL, 1}, {HO2, 1}}}, \
  {ARRHENIUS, 1.7e-11, 0, {OH, OXYO2H}, {{OXYO2, 1}}}, \
  {ARRHENIUS, 2e-11, 0, {OH, MAL}, {{MALO2, 1}}}, \
  {ARRHENIUS, 4.2e-12, 180, {NO, MALO2}, {{NO2, 1}, {MGLYOX, 1}, {GLYOX, 1}, {HO2, 1}}}, \
  {ARRHENIUS, 2.4e-11, 0, {OH, MALO2H}, {{MALO2, 1}}}, \
  {ARRHENIUS, 1.1e-11, 0, {OH, GLYOX}, {{CO, 2}, {HO2, 1}}}, \
  {ARRHENIUS, 1.7e-11, 0, {OH, MGLYOX}, {{CO, 1}, {CH3COO, 1}}}, \
  {ARRHENIUS, 1e-11, 0, {HO2, SECC4H}, {{BURO2H, 1}}}, \
  {ARRHENIUS, 1e-11, 0, {HO2, ETRO2}, {{ETRO2H, 1}}}, \
  {ARRHENIUS, 1e-11, 0, {HO2, PRRO2}, {{PRRO2H, 1}}}, \
  {ARRHENIUS, 1e-11, 0, {HO2, MEKO2}, {{MEKO2H, 1}}}, \
  {ARRHENIUS, 1e-11, 0, {HO2, OXYO2}, {{OXYO2H, 1}}}, \
  {ARRHENIUS, 1e-11, 0, {HO2, MALO2}, {{MALO2H, 1}}}, \
  /* isoprene */ \
  {ARRHENIUS, 1.23e-14, -2013, {O3, ISOPRE}, \
   {{MACR, 0.67}, {MVK, 0.26}, {HCHO, 0.8}, {OH, 0.55}, {OP, 0.3}, {C3H6, 0.07}, {HO2, 0.06}, {CO, 0.05}}}, \
  {ARRHENIUS, 2.54e-11, 410, {OH, ISOPRE}, {{ISRO2, 1}}}, \
  {ARRHENIUS, 7.8e-13, 0, {NO3, ISOPRE}, {{ISONO3, 1}}}, \
  {ARRHENIUS, 4.2e-12, 180, {NO, ISRO2}, \
   {{NO2, 0.86}, {HO2, 0.78}, {HCHO, 0.74}, {MVK, 0.42}, {MACR, 0.32}, {ISNI, 0.14}, {ISRO2, 0.12}}}, \
  {ARRHENIUS, 1e-11, 0, {HO2, ISRO2}, {{ISRO2H, 1}}}, \
  {ARRHENIUS, 2e-11, 0, {OH, ISRO2H}, {{ISRO2, 1}, {OH, 1}}}, \
  {ARRHENIUS, 8e-18, 0, {O3, ISRO2H}, {{HCHO, 0.7}}}, \
  {ARRHENIUS, 4.13e-12, 452, {OH, MVK}, {{MVKO2, 1}}}, \
  {ARRHENIUS, 4.32e-15, -2016, {O3, MVK}, \
   {{MGLYOX, 0.82}, {HCHO, 0.8}, {OP, 0.2}, {OH, 0.08}, {HO2, 0.06}, {CO, 0.05}, {CH3CHO, 0.04}}}, \
  {ARRHENIUS, 4.2e-12, 180, {NO, MVKO2}, \
   {{NO2, 0.95}, {HO2, 0.95}, {CH3CHO, 0.684}, {CH3COO, 0.684}, {HCHO, 0.266}, {MGLYOX, 0.266}, {ISNI, 0.05}}}, \
  {ARRHENIUS, 1e-11, 0, {HO2, MVKO2}, {{MVKO2H, 1}}}, \
  {ARRHENIUS, 2.2e-11, 0, {OH, MVKO2H}, {{MVKO2, 1}}}, \
  {ARRHENIUS, 1.86e-11, 175, {OH, MACR}, {{MARO2, 0.5}}}, \
  {ARRHENIUS, 1e-11, 0, {NO2, MARO2}, {{MAPAN, 1}}}, \
  {ARRHENIUS, 1.34e16, -13330, {MAPAN}, {{NO2, 1}, {MARO2, 1}}}, \
  {ARRHENIUS, 2e-11, 0, {NO, MARO2}, {{NO2, 1}, {CH2CCH3, 1}}}, \
  {ARRHENIUS, 1e-11, 0, {HO2, MARO2}, {{MARO2H, 1}}}, \
  {ARRHENIUS, 3.7e-11, 0, {OH, MARO2H}, {{MARO2, 1}}}, \
  {ARRHENIUS, 4.2e-12, 180, {NO, CH2CCH3}, {{NO2, 1}, {MEK, 1}, {HO2, 1}}}, \
  {ARRHENIUS, 1e-11, 0, {HO2, CH2CCH3}, {{CH2CHR, 1}}}, \
  {ARRHENIUS, 3.2e-11, 0, {OH, CH2CHR}, {{CH2CCH3, 1}}}, \
  {ARRHENIUS, 4.2e-12, 180, {NO, ISONO3}, {{NO2, 1.1}, {ISNI, 0.85}, {HO2, 0.8}, {HCHO, 0.15}, {MACR, 0.1}, {MVK, 0.05}}}, \
  {ARRHENIUS, 1e-11, 0, {HO2, ISONO3}, {{ISNO3H, 1}}}, \
  {ARRHENIUS, 2e-11, 0, {OH, ISNO3H}, {{ISONO3, 1}}}, \
  {ARRHENIUS, 3.35e-11, 0, {OH, ISNI}, {{ISNIR, 1}}}, \
  {ARRHENIUS, 4.2e-12, 180, {NO, ISNIR}, {{NO2, 1.9}, {CH3CHO, 0.95}, {MEK, 0.95}, {HO2, 0.05}}}, \
  {ARRHENIUS, 1e-11, 0, {HO2, ISNIR}, {{ISNIRH, 1}}}, \
  {ARRHENIUS, 3.7e-11, 0, {OH, ISNIRH}, {{ISNIR, 1}}}, \
  /* photolysis */ \
  {LIGHT, 1.23e-3, 0.6, {O3}, {{OP, 1}}}, \
  {LIGHT, 2e-4, 1.4, {O3}, {{OD, 1}}}, \
  {LIGHT, 1.45e-2, 0.4, {NO2}, {{NO, 1}, {OP, 1}}}, \
  {LIGHT, 2.2e-5, 0.75, {H2O2}, {{OH, 2}}}, \
  {LIGHT, 3e-6, 1.25, {HNO3}, {{NO2, 1}, {OH, 1}}}, \
  {LIGHT, 5.4e-5, 0.79, {HCHO}, {{CO, 1}, {HO2, 2}}}, \
  {LIGHT, 6.65e-5, 0.6, {HCHO}, {{CO, 1}, {H2, 1}}}, \
  {LIGHT, 1.33e-4, 0.6, {GLYOX}, {{CO, 1}, {HCHO, 1}}}, \
  {LIGHT, 1.35e-5, 0.94, {CH3CHO}, {{CH3O2, 1}, {HO2, 1}, {CO, 1}}}, \
  {LIGHT, 2.43e-5, 0.88, {MEK}, {{CH3COO, 1}, {C2H5O2, 1}}}, \
  {LIGHT, 2.16e-4, 0.79, {MGLYOX}, {{CH3COO, 1}, {CO, 1}, {HO2, 1}}}, \
  {LIGHT, 3.53e-2, 0.081, {NO3}, {{NO, 1}}}, \
  {LIGHT, 8.94e-2, 0.059, {NO3}, {{NO2, 1}, {OP, 1}}}, \
  {LIGHT, 3.32e-5, 0.57, {N2O5}, {{NO2, 1}, {NO3, 1}}}, \
  {LIGHT, 2.27e-5, 0.62, {CH3O2H}, {{HCHO, 1}, {HO2, 1}, {OH, 1}}}, \
  {LIGHT, 2.27e-5, 0.62, {R2OOH}, {{CH3CHO, 1}, {HO2, 1}, {OH, 1}}}, \
  {LIGHT, 2.27e-5, 0.62, {RCO3H}, {{CH3O2, 1}, {OH, 1}}}, \
  {LIGHT, 2.27e-5, 0.62, {OXYO2H}, {{MGLYOX, 1}, {MAL, 1}, {HO2, 1}, {OH, 1}}}, \
  {LIGHT, 2.27e-5, 0.62, {BURO2H}, {{MEK, 0.65}, {HO2, 0.65}, {CH3CHO, 0.35}, {C2H5O2, 0.35}, {OH, 1}}}, \
  {LIGHT, 2.27e-5, 0.62, {ETRO2H}, {{HCHO, 1.56}, {CH3CHO, 0.22}, {HO2, 1}, {OH, 1}}}, \
  {LIGHT, 2.27e-5, 0.62, {PRRO2H}, {{HCHO, 1}, {CH3CHO, 1}, {HO2, 1}}}, \
  {LIGHT, 2.27e-5, 0.62, {MEKO2H}, {{CH3CHO, 1}, {CH3COO, 1}, {OH, 1}}}, \
  {LIGHT, 2.27e-5, 0.62, {MALO2H}, {{MGLYOX, 1}, {GLYOX, 1}, {HO2, 1}, {OH, 1}}}, \
  {LIGHT, 2.27e-5, 0.62, {CH2CCH3}, {{CH2CCH3, 1}, {MEK, 1}}}, \
  /* what falls to the ground */ \
  {DEPOSITION, 0.5, 0, {SO2}, {}}, {DEPOSITION, 0.5, 0, {H2O2}, {}}, {DEPOSITION, 0.5, 0, {O3}, {}}, {DEPOSITION, 0.5, 0, {R2OOH}, {}}, \
  {DEPOSITION, 0.5, 0, {RCO3H}, {}}, {DEPOSITION, 0.5, 0, {OXYO2H}, {}}, {DEPOSITION, 0.5, 0, {BURO2H}, {}}, \
  {DEPOSITION, 0.5, 0, {ETRO2H}, {}}, {DEPOSITION, 0.5, 0, {PRRO2H}, {}}, {DEPOSITION, 0.5, 0, {MEKO2H}, {}}, \
  {DEPOSITION, 0.5, 0, {MALO2H}, {}}, {DEPOSITION, 0.5, 0, {ISRO2H}, {}}, {DEPOSITION, 0.5, 0, {MVKO2H}, {}}, \
  {DEPOSITION, 0.5, 0, {CH2CHR}, {}}, {DEPOSITION, 0.5, 0, {ISNO3H}, {}}, {DEPOSITION, 0.5, 0, {ISNIRH}, {}}, \
  {DEPOSITION, 0.5, 0, {MARO2H}, {}}, {DEPOSITION, 0.2, 0, {NO2}, {}}, {DEPOSITION, 0.2, 0, {PAN}, {}}, \
  {DEPOSITION, 0.2, 0, {MAPAN}, {}}, {DEPOSITION, 0.1, 0, {SA}, {}}, {DEPOSITION, 0.1, 0, {NITRAT}, {}}, \
  {DEPOSITION, 0.3, 0, {HCHO}, {}}, {DEPOSITION, 0.3, 0, {CH3CHO}, {}}, {DEPOSITION, 0.3, 0, {MEK}, {}}, \
  /* what rises from it */ \
  {EMISSION, 2.5e11, 0, {NONE}, {{NO, 1}}}, {EMISSION, 2.5e11, 0, {NONE}, {{SO2, 1}}}, \
  {EMISSION, 2.5e12, 0, {NONE}, {{CO, 1}}}, {EMISSION, 1.25e10, 0, {NONE}, {{SA, 1}}}, \
  {EMISSION, 37103277743.66888, 0, {NONE}, {{C2H6, 1}}}, {EMISSION, 103442103327.7687, 0, {NONE}, {{NC4H10, 1}}}, \
  {EMISSION, 18829794540.77839, 0, {NONE}, {{C2H4, 1}}}, {EMISSION, 13190851859.33716, 0, {NONE}, {{C3H6, 1}}}, \
  {EMISSION, 33510373530.29702, 0, {NONE}, {{OXYL, 1}}}, {EMISSION, 43923598998.1498, 0, {NONE}, {{C2H5OH, 1}}}, \
  {EMISSION, 1.25e11, 0, {NONE}, {{ISOPRE, 1}}}
